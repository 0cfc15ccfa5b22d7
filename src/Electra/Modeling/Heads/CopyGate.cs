using Electra.Configuration;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>How sure an encoder is that what it reads at a place is what was written there: one linear layer.</summary>
internal sealed class CopyGate : StationaryModule
{
    [ComponentName(Name = "copy")]
    private readonly Dense _dense;

    /// <summary>Makes the gate with fresh weights.</summary>
    /// <param name="config">Of the encoder.</param>
    /// <param name="device">Where.</param>
    /// <param name="seed">Of the weights.</param>
    public CopyGate(ElectraConfig config, Device device, long seed)
        : base(nameof(CopyGate))
    {
        using var initializer = new Initializer(device, seed, config.InitializerRange);
        _dense = Dense.Normal(initializer, config.HiddenSize, 1);
        RegisterComponents();
    }

    /// <summary>Judges each place.</summary>
    /// <param name="hidden">(..., hidden)</param>
    /// <returns>float32 logits (...), above 0 = copy</returns>
    public Tensor forward(Tensor hidden) => Casting.Cast(_dense.forward(hidden).squeeze(-1), ScalarType.Float32);
}

using Electra.Configuration;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>What a masked language model expects a discriminator's loss at a place to be, before the word there is drawn: one linear layer.</summary>
internal sealed class RewardBaseline : StationaryModule
{
    [ComponentName(Name = "baseline")]
    private readonly Dense _dense;

    /// <summary>Makes the layer with fresh weights.</summary>
    /// <param name="config">Of the masked language model.</param>
    /// <param name="device">Where.</param>
    /// <param name="seed">Of the weights.</param>
    public RewardBaseline(ElectraConfig config, Device device, long seed)
        : base(nameof(RewardBaseline))
    {
        using var initializer = new Initializer(device, seed, config.InitializerRange);
        _dense = Dense.Normal(initializer, config.HiddenSize, 1);
        RegisterComponents();
    }

    /// <summary>Judges each place.</summary>
    /// <param name="hidden">(..., hidden)</param>
    /// <returns>float32 logits (...) of the probability that the discriminator gives to what is true</returns>
    public Tensor forward(Tensor hidden) => Casting.Cast(_dense.forward(hidden).squeeze(-1), ScalarType.Float32);
}

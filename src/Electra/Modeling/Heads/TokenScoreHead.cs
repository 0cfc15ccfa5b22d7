using Electra.Configuration;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>A number for each token, beside a head that a folder has: one linear layer, whose weights have a name of their own in checkpoints.</summary>
internal sealed class TokenScoreHead : StationaryModule
{
    private readonly Dense _dense;

    /// <summary>Makes the layer with fresh weights.</summary>
    /// <param name="name">What the layer is called in checkpoints.</param>
    /// <param name="config">Of the encoder below.</param>
    /// <param name="device">Where.</param>
    /// <param name="seed">Of the weights.</param>
    public TokenScoreHead(string name, ElectraConfig config, Device device, long seed)
        : base(nameof(TokenScoreHead))
    {
        using var initializer = new Initializer(device, seed, config.InitializerRange);
        _dense = Dense.Normal(initializer, config.HiddenSize, 1);
        register_module(name, _dense);
    }

    /// <summary>Judges each token.</summary>
    /// <param name="hidden">(..., hidden)</param>
    /// <returns>float32 logits (...)</returns>
    public Tensor forward(Tensor hidden) => Casting.Cast(_dense.forward(hidden).squeeze(-1), ScalarType.Float32);
}

using Electra.Configuration;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>A language modeling head beside another head of the same encoder: says of each token which word it was. Its output matrix is the word table.</summary>
internal sealed class RecoveryHead : StationaryModule
{
    [ComponentName(Name = "generator_predictions")]
    private readonly GeneratorPredictions _predictions;

    [ComponentName(Name = "generator_lm_head")]
    private readonly GeneratorLmHead _decoder;

    /// <summary>Makes the head with fresh weights.</summary>
    /// <param name="config">Of the encoder.</param>
    /// <param name="device">Where.</param>
    /// <param name="seed">Of the weights.</param>
    public RecoveryHead(ElectraConfig config, Device device, long seed)
        : base(nameof(RecoveryHead))
    {
        using var initializer = new Initializer(device, seed, config.InitializerRange);
        _predictions = new GeneratorPredictions(config, initializer);
        _decoder = new GeneratorLmHead(config, initializer);
        RegisterComponents();
    }

    /// <summary>Predicts words.</summary>
    /// <param name="hidden">(..., hidden)</param>
    /// <param name="wordEmbeddings">(vocabulary, embedding)</param>
    /// <returns>float32 logits (..., vocabulary)</returns>
    public Tensor forward(Tensor hidden, Parameter wordEmbeddings) =>
        Casting.Cast(_decoder.forward(_predictions.forward(hidden), wordEmbeddings), ScalarType.Float32);
}

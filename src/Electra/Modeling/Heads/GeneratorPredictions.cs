using Electra.Configuration;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The masked language modeling head up to the decoder: dense to the embedding size, gelu, LayerNorm.</summary>
internal sealed class GeneratorPredictions : StationaryModule
{
    [ComponentName(Name = "LayerNorm")]
    private readonly LayerNorm _layerNorm;

    [ComponentName(Name = "dense")]
    private readonly Dense _dense;

    public GeneratorPredictions(ElectraConfig config, Initializer initializer)
        : base(nameof(GeneratorPredictions))
    {
        _layerNorm = new LayerNorm(initializer, config.EmbeddingSize, config.LayerNormEps);
        _dense = Dense.Normal(initializer, config.HiddenSize, config.EmbeddingSize);
        RegisterComponents();
    }

    public Tensor forward(Tensor hidden) => _layerNorm.forward(Activations.Gelu(_dense.forward(hidden))); // (..., embedding)
}

using Electra.Configuration;

namespace Electra.Inference;

/// <summary>Which vector stands for a text. What is left open is as the folder has it.</summary>
public sealed record EmbeddingOptions
{
    /// <summary>
    /// The layer whose output is taken, from 0, the layers' input, to the encoder's number of layers. Layers above it are neither loaded nor computed.
    /// </summary>
    /// <value>null: the last one that the folder has.</value>
    public int? Layer { get; init; }

    /// <summary>How the vectors of tokens become one.</summary>
    /// <value>null: as the folder says, else Mean.</value>
    public EmbeddingPooling? Pooling { get; init; }

    /// <summary>Whether vectors are scaled to length 1.</summary>
    /// <value>null: as the folder says, else false.</value>
    public bool? Normalize { get; init; }

    /// <summary>The configuration of an encoder without the layers above the one that is taken.</summary>
    /// <exception cref="ArgumentException">It has no such layer.</exception>
    internal ElectraConfig Cut(ElectraConfig encoder)
    {
        int layers = encoder.NumHiddenLayers, layer = Layer ?? layers;
        return layer >= 0 && layer <= layers
            ? encoder with { NumHiddenLayers = layer, Id2Label = null, ProblemType = null }
            : throw new ArgumentException($"{nameof(Layer)} is {layer}; the encoder has {layers} layers: take one from 0, their input, to {layers}.");
    }
}

using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Inference;

/// <summary>How a model is put to work.</summary>
public sealed record InferenceOptions
{
    /// <summary>Where it computes.</summary>
    /// <value>null: the CPU.</value>
    public Device? Device { get; init; }

    /// <summary>The element type of activations and matrix products.</summary>
    /// <value>Float32.</value>
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Float32;

    /// <summary>The longest sequence in tokens, special ones included; what is longer is cut.</summary>
    /// <value>null: what the folder's tokenizer says (<c>model_max_length</c>), at most the model's positions.</value>
    public int? MaxLength { get; init; }

    /// <summary>Positions of a forward pass, padding included, unless one text has more; positive. Decides on memory and, on a CPU, on speed.</summary>
    /// <value>null: 1,024 on a CPU, whose cache a layer's activations then fit, and 8,192 on a GPU.</value>
    public int? PositionsPerPass { get; init; }
}

using Electra.Samples.Serve.Batching;
using Electra.Samples.Serve.Limits;
using Electra.Training;

namespace Electra.Samples.Serve.Options;

/// <summary>What the arguments come to: checked, complete, ready to be carried out.</summary>
internal sealed record ServePlan
{
    /// <summary>What is served.</summary>
    public required IReadOnlyList<ModelPlan> Models { get; init; }

    /// <summary>Where it is listened.</summary>
    public required string Listen { get; init; }

    /// <summary>How requests are put together.</summary>
    public required BatchOptions Batches { get; init; }

    /// <summary>How much a request may ask.</summary>
    public required RequestLimits Limits { get; init; }

    /// <summary>From when it is told to stop until it takes no more connections.</summary>
    public required TimeSpan Drain { get; init; }

    /// <summary>Tokens of the longest sequence; null: the model's positions.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Threads of a pass; null: all processors.</summary>
    public int? Threads { get; init; }

    /// <summary>As of a question answerer; null: every question has an answer.</summary>
    public double? NoAnswerThreshold { get; init; }

    /// <summary>Where libtorch computes, as typed.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Arithmetic of libtorch.</summary>
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Float32;
}

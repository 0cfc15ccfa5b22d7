using Electra.Training;

namespace Electra.Samples.Predict.Options;

/// <summary>What was typed, as it was typed; null or empty where nothing was.</summary>
internal sealed record PredictArguments
{
    /// <summary>The fine-tuned folder.</summary>
    public string? Model { get; init; }

    /// <summary>Texts on the command line.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>A file of texts.</summary>
    public string? Input { get; init; }

    /// <summary>Its column with the text.</summary>
    public string? Text { get; init; }

    /// <summary>Its column with the second text.</summary>
    public string? Pair { get; init; }

    /// <summary>Its column with what a text is called.</summary>
    public string? Id { get; init; }

    /// <summary>The first row is a text.</summary>
    public bool NoHeader { get; init; }

    /// <summary>Where lines go; null for the console.</summary>
    public string? Output { get; init; }

    /// <summary>How many labels or answers are told.</summary>
    public int Top { get; init; } = 1;

    /// <summary>Above this score a question has no answer.</summary>
    public double? NoAnswerThreshold { get; init; }

    /// <summary>Longest sequence in tokens.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Arithmetic.</summary>
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Float32;

    /// <summary>Where to compute.</summary>
    public string Device { get; init; } = "auto";
}

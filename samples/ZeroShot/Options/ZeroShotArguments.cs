using Electra.Samples.Predict.Options;

namespace Electra.Samples.ZeroShot.Options;

/// <summary>What was typed.</summary>
internal sealed record ZeroShotArguments
{
    /// <summary>What it shares with the program for fine-tuned models: the model, the texts, where answers go.</summary>
    public PredictArguments Texts { get; init; } = new();

    /// <summary>The template; null for that of the model's folder.</summary>
    public string? Template { get; init; }

    /// <summary>The words, as typed.</summary>
    public string? Labels { get; init; }

    /// <summary>How words are judged.</summary>
    public string? Scoring { get; init; }

    /// <summary>Whether what an empty text scores is left in.</summary>
    public bool Uncalibrated { get; init; }
}

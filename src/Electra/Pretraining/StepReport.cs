namespace Electra.Pretraining;

/// <summary>Progress of a run, with the objective's figures of the steps since the report before.</summary>
/// <param name="Step">Updates made.</param>
/// <param name="TrainSteps">Updates of the whole run; with a <see cref="Training.TrainingOptions.Budget"/> an estimate from the recent rate.</param>
/// <param name="Progress">How far the run is, from 0 to 1: updates made of all updates, or time used of the budget.</param>
/// <param name="Epoch">How often the training text was seen, at whatever sequence length; a fraction.</param>
/// <param name="SequenceLength">Of the last update.</param>
/// <param name="BatchSize">Examples of the last update.</param>
/// <param name="LearningRate">Of the last update.</param>
/// <param name="Objective">The figures: a <see cref="MaskedLMReport"/> or an <see cref="ElectraReport"/>.</param>
/// <param name="GradientNorm">Before clipping; a mean.</param>
/// <param name="TokensSeen">Tokens trained on since step 0, without padding.</param>
/// <param name="TokensPerSecond">The recent rate, without evaluation and saving.</param>
/// <param name="Elapsed">Training time of this process, without evaluation and saving.</param>
/// <param name="Remaining">
/// Training time to the end: estimated from the recent rate and the tokens to come, null before it can be known; with a budget the time
/// that is left of it.
/// </param>
public sealed record StepReport(
    long Step,
    long TrainSteps,
    double Progress,
    double Epoch,
    int SequenceLength,
    int BatchSize,
    double LearningRate,
    ObjectiveReport Objective,
    double GradientNorm,
    long TokensSeen,
    double TokensPerSecond,
    TimeSpan Elapsed,
    TimeSpan? Remaining)
{
    /// <summary>Of the last update; null where it does not change (<see cref="MaskingOptions.MaskProbabilityChange"/>).</summary>
    public double? MaskProbability { get; init; }

    /// <summary>The loss that is trained: of ELECTRA the weighted sum of both.</summary>
    public double Loss => Objective.Loss;

    /// <summary>As in <see cref="MaskedLMReport"/>, which every objective of this library has.</summary>
    public MaskedLMMetrics MaskedLM => ((MaskedLMReport)Objective).MaskedLM;

    /// <summary>As in <see cref="MaskedLMReport"/>.</summary>
    public double TrainedMaskedLMLoss => ((MaskedLMReport)Objective).TrainedMaskedLMLoss;

    /// <summary>The discriminator's figures; null where there is none.</summary>
    public ElectraReport? Detection => Objective as ElectraReport;

    /// <summary>The figures by the names they have in <c>metrics.jsonl</c>.</summary>
    public IEnumerable<(string Name, double Value)> Figures() =>
    [
        .. Objective.Figures(), ("loss", Loss), ("gradient_norm", GradientNorm), ("learning_rate", LearningRate),
        ("sequence_length", SequenceLength), ("batch_size", BatchSize), ("epoch", Epoch), ("tokens_seen", TokensSeen),
        ("tokens_per_second", TokensPerSecond), .. Changing("mask_probability", MaskProbability),
    ];

    private static IEnumerable<(string Name, double Value)> Changing(string name, double? value) => value is double number ? [(name, number)] : [];
}

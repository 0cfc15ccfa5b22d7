namespace Electra.FineTuning;

/// <summary>Progress of a run, with figures of the steps since the report before.</summary>
/// <param name="Step">Updates made.</param>
/// <param name="TrainSteps">Updates of the whole run; with a <see cref="Training.TrainingOptions.Budget"/> an estimate from the recent rate.</param>
/// <param name="Progress">How far the run is, from 0 to 1.</param>
/// <param name="Epoch">How often the training examples were seen; a fraction.</param>
/// <param name="Loss">Mean loss of an example, with dropout.</param>
/// <param name="LearningRate">The head's, of the last update.</param>
/// <param name="GradientNorm">Before clipping; a mean.</param>
/// <param name="PaddingShare">The share of padding in what went through the network, from 0 to 1.</param>
/// <param name="TokensPerSecond">The recent rate, without padding, evaluation and saving.</param>
/// <param name="Elapsed">Training time of this process, without evaluation and saving.</param>
/// <param name="Remaining">Training time to the end; null before it can be known.</param>
public sealed record FineTuningReport(
    long Step,
    long TrainSteps,
    double Progress,
    double Epoch,
    double Loss,
    double LearningRate,
    double GradientNorm,
    double PaddingShare,
    double TokensPerSecond,
    TimeSpan Elapsed,
    TimeSpan? Remaining)
{
    /// <summary>The figures by the names they have in <c>metrics.jsonl</c>.</summary>
    public IEnumerable<(string Name, double Value)> Figures() =>
    [
        ("loss", Loss), ("gradient_norm", GradientNorm), ("learning_rate", LearningRate), ("epoch", Epoch), ("padding_share", PaddingShare),
        ("tokens_per_second", TokensPerSecond),
    ];
}

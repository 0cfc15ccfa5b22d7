using Electra.Pretraining;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>What one report of the trainer says: averages over the steps since the report before it.</summary>
internal sealed record TrainingPoint
{
    public required long Step { get; init; }

    /// <summary>Masked language modeling loss of the generator, in nats.</summary>
    public required double MaskedLMLoss { get; init; }

    /// <summary>Replaced token detection loss of the discriminator, unweighted; NaN with the objective "mlm", like all below.</summary>
    public double ReplacedTokenLoss { get; init; } = double.NaN;

    public double Accuracy { get; init; } = double.NaN;

    public double Precision { get; init; } = double.NaN;

    public double Recall { get; init; } = double.NaN;

    public double AreaUnderCurve { get; init; } = double.NaN;

    public double LearningRate { get; init; } = double.NaN;

    public double TokensPerSecond { get; init; } = double.NaN;

    public double SequenceLength { get; init; } = double.NaN;

    public double BatchSize { get; init; } = double.NaN;

    /// <summary>True when measured on held-out text.</summary>
    public bool IsHeldOut { get; init; }

    public static TrainingPoint Of(StepReport report) => new()
    {
        Step = report.Step,
        MaskedLMLoss = report.MaskedLMLoss,
        ReplacedTokenLoss = report.DiscriminatorLoss ?? double.NaN,
        Accuracy = report.Discriminator?.Accuracy ?? double.NaN,
        Precision = report.Discriminator?.Precision ?? double.NaN,
        Recall = report.Discriminator?.Recall ?? double.NaN,
        AreaUnderCurve = report.Discriminator?.AreaUnderCurve ?? double.NaN,
        LearningRate = report.LearningRate,
        TokensPerSecond = report.TokensPerSecond,
        SequenceLength = report.SequenceLength,
        BatchSize = report.BatchSize,
    };

    public static TrainingPoint Of(long step, EvaluationReport report) => new()
    {
        Step = step,
        IsHeldOut = true,
        MaskedLMLoss = report.MaskedLMLoss,
        ReplacedTokenLoss = report.DiscriminatorLoss ?? double.NaN,
        Accuracy = report.Discriminator?.Accuracy ?? double.NaN,
        Precision = report.Discriminator?.Precision ?? double.NaN,
        Recall = report.Discriminator?.Recall ?? double.NaN,
        AreaUnderCurve = report.Discriminator?.AreaUnderCurve ?? double.NaN,
    };

    /// <summary>The figures that are known, by the names they have in <c>metrics.jsonl</c>.</summary>
    public IEnumerable<(string Name, double Value)> Figures()
    {
        (string, double)[] all =
        [
            ("masked_lm_loss", MaskedLMLoss), ("discriminator_loss", ReplacedTokenLoss), ("accuracy", Accuracy), ("precision", Precision),
            ("recall", Recall), ("area_under_curve", AreaUnderCurve),
            ("learning_rate", LearningRate), ("tokens_per_second", TokensPerSecond),
            ("sequence_length", SequenceLength), ("batch_size", BatchSize),
        ];
        return all.Where(figure => !double.IsNaN(figure.Item2));
    }
}

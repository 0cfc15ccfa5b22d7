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

    /// <summary>True when measured on held-out text.</summary>
    public bool IsHeldOut { get; init; }
}

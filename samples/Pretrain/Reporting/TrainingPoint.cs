using Electra.Pretraining;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>The figures of one report of the trainer, by the names they have in <c>metrics.jsonl</c>.</summary>
/// <param name="Step">Updates made.</param>
/// <param name="IsHeldOut">Measured on held-out text; otherwise means over the steps since the report before.</param>
/// <param name="Figures">Names and values.</param>
internal sealed record TrainingPoint(long Step, bool IsHeldOut, IReadOnlyDictionary<string, double> Figures)
{
    /// <summary>Loss of the generator where it reads [MASK], in nats.</summary>
    public double MaskLoss => this["mask_loss"];

    /// <summary>What word frequencies alone reach there; held-out only.</summary>
    public double UnigramLoss => this["unigram_loss"];

    /// <summary>Replaced token detection loss of the discriminator, unweighted; NaN with the objective "mlm", like the rest of it.</summary>
    public double ReplacedTokenLoss => this["discriminator_loss"];

    /// <summary>What the same answer everywhere would cost; held-out only.</summary>
    public double ConstantLoss => this["constant_discriminator_loss"];

    public double Accuracy => this["accuracy"];

    public double Precision => this["precision"];

    public double Recall => this["recall"];

    public double AreaUnderCurve => this["area_under_curve"];

    /// <summary>What token identity alone reaches; held-out only.</summary>
    public double IdentityAreaUnderCurve => this["token_identity_auc"];

    public double LearningRate => this["learning_rate"];

    public double TokensPerSecond => this["tokens_per_second"];

    private double this[string name] => Figures.TryGetValue(name, out double value) ? value : double.NaN;

    public static TrainingPoint Of(StepReport report) => new(report.Step, false, report.Figures().ToDictionary());

    public static TrainingPoint Of(long step, EvaluationReport report) => new(step, true, report.Figures().ToDictionary());
}

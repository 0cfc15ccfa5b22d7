
namespace Electra.Pretraining;

/// <summary>How the networks of a pre-training run are put together and what their losses weigh.</summary>
public sealed record PretrainingModelOptions
{
    /// <summary>The generator's hidden size as a fraction of the discriminator's; above 0.</summary>
    /// <value>0.25.</value>
    public double GeneratorSize { get; init; } = 0.25;

    /// <summary>Which embeddings both towers have in common.</summary>
    /// <value>All.</value>
    public EmbeddingSharing EmbeddingSharing { get; init; } = EmbeddingSharing.All;

    /// <summary>What is learned.</summary>
    /// <value>Electra.</value>
    public PretrainingObjective Objective { get; init; } = PretrainingObjective.Electra;

    /// <summary>Weight of the generator's masked-LM loss; not negative.</summary>
    /// <value>1.</value>
    public double GeneratorLossWeight { get; init; } = 1;

    /// <summary>Weight of the discriminator's loss; not negative.</summary>
    /// <value>50.</value>
    public double DiscriminatorLossWeight { get; init; } = 50;

    /// <summary>Temperature of the generator's samples; above 0.</summary>
    /// <value>1.</value>
    public double SamplingTemperature { get; init; } = 1;

    /// <summary>
    /// Whether a sample is never the word that was masked, so that every masked place is a replaced one: the rest of the distribution is drawn from.
    /// </summary>
    /// <value>false: a sample that is the original counts as not replaced, as in the paper.</value>
    public bool SampleNeverOriginal { get; init; }

    /// <summary>Where the words come from that stand in for masked ones.</summary>
    /// <value>Trained.</value>
    public GeneratorKind Generator { get; init; } = GeneratorKind.Trained;

    /// <summary>
    /// The share of masked places where any word of the vocabulary stands in, each as likely, instead of a trained generator's; from 0 to below 1. A generator soon proposes no crude
    /// words, and a discriminator that reads its words alone does not find crude ones. Of no effect on a masked LM, which replaces none, with other generators, and on the adversarial
    /// objective and Electric, whose losses rest on what words are drawn from.
    /// </summary>
    /// <value>0: all words are the generator's, as in the paper.</value>
    public double UniformShare { get; init; }

    /// <summary>
    /// Whether the dropout of the config is applied. A short run over much text has nothing to over-fit; the config, and with it fine-tuning, keeps its dropout in any case.
    /// </summary>
    /// <value>true.</value>
    public bool Dropout { get; init; } = true;

    /// <summary>How position tables start.</summary>
    /// <value>Normal.</value>
    public PositionInitialization PositionInitialization { get; init; } = PositionInitialization.Normal;

    /// <summary>Seed of the initial weights.</summary>
    /// <value>0.</value>
    public long Seed { get; init; }

    /// <summary>Lists what is out of range, one sentence a field.</summary>
    internal IEnumerable<string> Problems()
    {
        if (!(GeneratorSize > 0 && double.IsFinite(GeneratorSize)))
            yield return $"{nameof(GeneratorSize)} must be above 0, not {GeneratorSize}";
        if (!Enum.IsDefined(EmbeddingSharing)) yield return $"{nameof(EmbeddingSharing)} has no value {EmbeddingSharing}";
        if (!Enum.IsDefined(PositionInitialization)) yield return $"{nameof(PositionInitialization)} has no value {PositionInitialization}";
        if (!Enum.IsDefined(Generator)) yield return $"{nameof(Generator)} has no value {Generator}";
        if (Objective == PretrainingObjective.MaskedLM && Generator != GeneratorKind.Trained)
            yield return $"{nameof(Generator)} is {Generator}, but a plain masked language model has nothing to replace words for";
        foreach (string problem in SamplingProblems()) yield return problem;
        if (!Enum.IsDefined(Objective)) yield return $"{nameof(Objective)} has no value {Objective}";
        if (!(GeneratorLossWeight >= 0)) yield return $"{nameof(GeneratorLossWeight)} must not be negative, but is {GeneratorLossWeight}";
        if (!(DiscriminatorLossWeight >= 0))
            yield return $"{nameof(DiscriminatorLossWeight)} must not be negative, but is {DiscriminatorLossWeight}";
        if (UniformShare is not (>= 0 and < 1)) yield return $"{nameof(UniformShare)} must be from 0 to below 1, not {UniformShare}";
        if (!(SamplingTemperature > 0)) yield return $"{nameof(SamplingTemperature)} must be above 0, not {SamplingTemperature}";
    }

    // Losses that rest on what a word was drawn from.
    private IEnumerable<string> SamplingProblems()
    {
        if (Objective == PretrainingObjective.Electric && Generator == GeneratorKind.Trained)
            yield return $"{nameof(Generator)} is {Generator}, but {Objective} needs noise whose probability is known everywhere: {GeneratorKind.Unigram} or {GeneratorKind.Uniform}";
        if (Objective == PretrainingObjective.Adversarial && Generator != GeneratorKind.Trained)
            yield return $"{nameof(Generator)} is {Generator}, but {Objective} trains one";
        if (Objective == PretrainingObjective.Adversarial && SamplingTemperature != 1)
            yield return $"{nameof(SamplingTemperature)} is {SamplingTemperature}, but {Objective} trains the distribution that words are drawn from: it must be 1";
        if (Objective is PretrainingObjective.Adversarial or PretrainingObjective.Electric && SampleNeverOriginal)
            yield return $"{nameof(SampleNeverOriginal)} does not go with {Objective}, which needs the distribution that words are drawn from as it is";
    }
}

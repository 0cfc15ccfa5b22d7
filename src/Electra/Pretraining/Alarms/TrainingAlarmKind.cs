namespace Electra.Pretraining;

/// <summary>Ways in which ELECTRA runs are known to die, or to begin badly, while every number stays finite.</summary>
public enum TrainingAlarmKind
{
    /// <summary>The discriminator calls every token original and ranks no better than chance.</summary>
    DiscriminatorSaysOriginal,

    /// <summary>The discriminator's loss is near zero: replacements are trivial to tell, or there are none.</summary>
    DiscriminatorLossVanished,

    /// <summary>A generator that was loaded begins as if it knew nothing: it does not go with the vocabulary or the text.</summary>
    GeneratorDoesNotFit,

    /// <summary>A discriminator that was loaded begins as if it knew nothing, or finds its generator's words no task: the two do not go together, or not with the text.</summary>
    DiscriminatorDoesNotFit,
}

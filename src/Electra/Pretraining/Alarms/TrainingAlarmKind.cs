namespace Electra.Pretraining;

/// <summary>Ways in which ELECTRA runs are known to die while every number stays finite.</summary>
public enum TrainingAlarmKind
{
    /// <summary>The discriminator calls every token original and ranks no better than chance.</summary>
    DiscriminatorSaysOriginal,

    /// <summary>The discriminator's loss is near zero: replacements are trivial to tell, or there are none.</summary>
    DiscriminatorLossVanished,
}

namespace Electra.Pretraining;

/// <summary>The objectives by their names in the options.</summary>
internal static class PretrainingObjectives
{
    /// <summary>The objective of a model's options.</summary>
    /// <param name="model">The networks, which stay the caller's.</param>
    /// <param name="masker">How text is masked; stays the caller's.</param>
    public static IPretrainingObjective Of(ElectraPretrainingModel model, TokenMasker masker) => model.Options.Objective switch
    {
        PretrainingObjective.MaskedLM => new MaskedLMObjective(model, masker),
        _ => new ElectraObjective(model, masker),
    };
}

using Electra.Data;

namespace Electra.Pretraining;

/// <summary>The objectives by their names in the options.</summary>
internal static class PretrainingObjectives
{
    /// <summary>The objective of a model's options.</summary>
    /// <param name="model">The networks, which stay the caller's.</param>
    /// <param name="masker">How text is masked; stays the caller's.</param>
    /// <param name="words">Counts the words of the training text, where they are needed.</param>
    public static IPretrainingObjective Of(ElectraPretrainingModel model, TokenMasker masker, Func<UnigramModel> words)
    {
        PretrainingModelOptions options = model.Options;
        if (options.Objective == PretrainingObjective.MaskedLM) return new MaskedLMObjective(model, masker);
        if (options.Objective == PretrainingObjective.Adversarial) return new AdversarialObjective(model, masker);
        if (options.Objective == PretrainingObjective.Electric)
            return new ElectricObjective(model, masker, new FixedProposals(options.Generator, words(), neverOriginal: false, model.Device, isSmoothed: true));
        FixedProposals Drawn(GeneratorKind kind) => new(kind, words(), options.SampleNeverOriginal, model.Device);
        IWordProposals proposals = options.Generator != GeneratorKind.Trained ? Drawn(options.Generator)
            : options.UniformShare > 0 ? new MixedProposals(new GeneratorProposals(model), Drawn(GeneratorKind.Uniform), options.UniformShare)
            : new GeneratorProposals(model);
        return options.Objective switch
        {
            PretrainingObjective.ReplaceMaskedLM => new ReplaceMaskedLMObjective(model, masker, proposals),
            PretrainingObjective.AllTokensMaskedLM => new AllTokensObjective(model, masker, proposals),
            PretrainingObjective.CorrectiveLM => new CorrectiveObjective(model, masker, proposals),
            _ => new ElectraObjective(model, masker, proposals),
        };
    }
}

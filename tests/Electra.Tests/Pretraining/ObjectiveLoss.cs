using Electra.Data;
using Electra.Pretraining;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>The loss of a model's objective on some text of the synthetic corpus.</summary>
internal static class ObjectiveLoss
{
    private static readonly int[] Special = [0, 2, 3, 4];

    /// <summary>Word counts in which word n has n.</summary>
    public static UnigramModel SyntheticWords()
    {
        var words = new UnigramModel(SyntheticCorpus.Words, Special);
        for (int id = 5; id < SyntheticCorpus.Words; id++)
            for (int i = 0; i < id; i++) words.Add(id);
        return words;
    }

    /// <summary>Corrupts the text with the draws of a seed and gives the loss. () float32</summary>
    public static Tensor Of(ElectraPretrainingModel model, Tensor ids, Tensor? mask, Tensor? types, long seed)
    {
        using var scope = NewDisposeScope();
        using TokenMasker masker = new(new MaskingOptions(), SyntheticCorpus.Words, 4, Special, CPU);
        using IPretrainingObjective objective = PretrainingObjectives.Of(model, masker, SyntheticWords);
        using StepRandomness draws = StepRandomness.Draw(seed, ids.shape[0], ids.shape[1], CPU);
        MaskedBatch corrupted = objective.Corrupt(ids, mask, types, draws);
        return objective.Loss(corrupted, LossCounts.Of(corrupted)).MoveToOuterDisposeScope();
    }
}

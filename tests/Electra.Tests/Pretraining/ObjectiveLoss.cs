using Electra.Pretraining;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>The loss of a model's objective on some text of the synthetic corpus.</summary>
internal static class ObjectiveLoss
{
    private static readonly int[] Special = [0, 2, 3, 4];

    /// <summary>Corrupts the text with the draws of a seed and gives the loss. () float32</summary>
    public static Tensor Of(ElectraPretrainingModel model, Tensor ids, Tensor? mask, Tensor? types, long seed)
    {
        using var scope = NewDisposeScope();
        using TokenMasker masker = new(new MaskingOptions(), SyntheticCorpus.Words, 4, Special, CPU);
        using IPretrainingObjective objective = PretrainingObjectives.Of(model, masker);
        using StepRandomness draws = StepRandomness.Draw(seed, ids.shape[0], ids.shape[1], CPU);
        MaskedBatch corrupted = objective.Corrupt(ids, mask, types, draws);
        return objective.Loss(corrupted, LossCounts.Of(corrupted)).MoveToOuterDisposeScope();
    }
}

using Electra.Modeling;
using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>What a masked language model says of a masked batch.</summary>
internal static class MaskedLMPrediction
{
    /// <summary>Predicts the masked tokens and, given one uniform draw a slot, samples a word for each.</summary>
    /// <param name="network">The masked language model.</param>
    /// <param name="masked">What it reads.</param>
    /// <param name="uniform">(batch, slots) float32 in [0, 1); null: no samples.</param>
    /// <param name="temperature">Of the samples.</param>
    /// <param name="neverOriginal">Whether no sample is the word that was masked.</param>
    public static Generation Of(
        ElectraForMaskedLM network, MaskedBatch masked, Tensor? uniform = null, double temperature = 1, bool neverOriginal = false)
    {
        using var scope = NewDisposeScope();
        if (is_grad_enabled() && network.HasFusedLoss && (uniform is null || temperature == 1))
        {
            Tensor weights = masked.MaskedWeights.contiguous();
            MaskedLMTargets targets = new(
                masked.MaskedOriginalIds.contiguous(), weights, empty_like(weights), empty_like(weights), uniform?.contiguous(),
                uniform is null ? null : empty_like(masked.MaskedOriginalIds), neverOriginal);
            Tensor sum = network.LossAt(masked.InputIds, masked.AttentionMask, masked.TokenTypeIds, masked.MaskedPositions, targets);
            return new Generation(sum, targets.Losses, targets.Hits, targets.Samples, null).MoveToOuterDisposeScope();
        }

        Tensor predictions = network
            .forwardAt(masked.InputIds, masked.AttentionMask, masked.TokenTypeIds, masked.MaskedPositions, masked.Layout)
            .log_softmax(-1); // (batch, slots, vocabulary)
        Tensor losses = ElectraLosses.OfEachSlot(predictions, masked.MaskedOriginalIds, masked.MaskedWeights);
        Tensor hits = predictions.argmax(-1).eq(masked.MaskedOriginalIds).mul(masked.MaskedWeights);
        Tensor? sampled = uniform is null ? null : ReplacementSampler.Sample(neverOriginal ? Others(predictions, masked) : predictions, uniform, temperature);
        return new Generation(losses.sum(), losses.detach(), hits, sampled, predictions.detach()).MoveToOuterDisposeScope();
    }

    private static Tensor Others(Tensor predictions, MaskedBatch masked)
    {
        using var _ = no_grad();
        Tensor originals = masked.MaskedOriginalIds.unsqueeze(-1); // (batch, slots, 1)
        Tensor never = full(originals.shape, Scalars.Of(double.NegativeInfinity), ScalarType.Float32, originals.device);
        return predictions.detach().scatter(-1, originals, never);
    }
}

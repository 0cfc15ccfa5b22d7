using Electra.Data;
using Electra.Pretraining.Evaluation;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Measures both networks on held-out batches. Masks and samples are drawn from a fixed seed, so evaluations of different steps see the
/// same masks and can be compared. Dropout is off, and nothing else of a run is touched.
/// </summary>
/// <param name="model">The networks.</param>
/// <param name="masker">How to mask.</param>
/// <param name="seed">Of masks and samples.</param>
public sealed class PretrainingEvaluator(ElectraPretrainingModel model, TokenMasker masker, long seed = 0)
{
    /// <summary>Reads all batches, each of which it disposes.</summary>
    /// <param name="batches">Usually <see cref="PretrainingExamples.ReadOnce"/> of the held-out examples.</param>
    /// <exception cref="ArgumentException">There is no batch.</exception>
    public EvaluationReport Evaluate(IEnumerable<TokenBatch> batches)
    {
        using var outer = NewDisposeScope();
        using var _ = no_grad();
        bool training = model.Generator.training;
        model.Train(false);
        try
        {
            var scores = new BinaryClassificationScores();
            // Losses divided by 1 are sums, which add up over batches of any size.
            var undivided = new LossCounts(ones([], ScalarType.Float32, model.Device), ones([], ScalarType.Float32, model.Device));
            double maskedLM = 0, detection = 0, right = 0, masked = 0;
            long tokens = 0, examples = 0, index = 0;
            foreach (TokenBatch batch in batches)
            {
                using var scope = NewDisposeScope();
                using TokenBatch owned = batch;
                Tensor inputIds = batch.InputIds.to(model.Device);
                using StepRandomness randomness = StepRandomness.Draw(
                    RandomSeeds.Derive(seed, RandomSeeds.Purpose.Evaluation, index++), inputIds.shape[0], inputIds.shape[1], model.Device);
                PretrainingOutput output = model.forward(
                    inputIds, batch.AttentionMask?.to(model.Device), batch.TokenTypeIds?.to(model.Device), masker, randomness, undivided);
                Tensor likeliest = output.LogProbabilities!.argmax(-1);
                right += likeliest.eq(output.Batch.MaskedOriginalIds).mul(output.Batch.MaskedWeights).sum().item<float>();
                masked += output.Batch.MaskedWeights.sum().item<float>();
                maskedLM += output.MaskedLMLoss.item<float>();
                tokens += batch.TokenCount;
                examples += inputIds.shape[0];
                if (output.DiscriminatorLoss is null) continue;
                detection += output.DiscriminatorLoss.item<float>();
                scores.Add(output.DiscriminatorLogits!, output.IsReplaced!, output.Batch.AttentionMask);
            }

            if (examples == 0) throw new ArgumentException("There is no held-out batch to evaluate.", nameof(batches));
            bool hasDiscriminator = model.Options.Objective == PretrainingObjective.Electra;
            return new EvaluationReport(
                examples, (long)masked, maskedLM / Math.Max(1, masked), right / Math.Max(1, masked),
                hasDiscriminator ? detection / Math.Max(1, tokens) : null, hasDiscriminator ? scores.Compute() : null);
        }
        finally
        {
            model.Train(training);
        }
    }
}

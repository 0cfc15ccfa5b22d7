using Electra.Data;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Measures both networks on held-out batches. Masks and samples are drawn from a seed of each example, so evaluations of different steps,
/// and in batches of another size, see the same masks. Dropout is off, and nothing else of a run is touched.
/// </summary>
/// <param name="model">The networks.</param>
/// <param name="masker">How to mask.</param>
/// <param name="unigrams">Word counts of the training text, for the baselines: <see cref="UnigramModel.Of"/>.</param>
/// <param name="seed">Of masks and samples.</param>
public sealed class PretrainingEvaluator(ElectraPretrainingModel model, TokenMasker masker, UnigramModel unigrams, long seed = 0)
{
    /// <summary>Reads all batches, each of which it disposes. Networks are in the mode they were in, afterwards.</summary>
    /// <param name="batches">Usually <see cref="PretrainingExamples.ReadOnce"/> of the held-out examples.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="ArgumentException">There is no batch, or a logit is NaN.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public EvaluationReport Evaluate(IEnumerable<TokenBatch> batches, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batches);
        using var outer = NewDisposeScope();
        using var _ = no_grad();
        using var sums = new EvaluationSums(model, unigrams);
        bool training = model.Generator.training;
        model.Train(false);
        try
        {
            long examples = 0;
            foreach (TokenBatch batch in batches)
            {
                using var scope = NewDisposeScope();
                using TokenBatch owned = batch;
                cancellationToken.ThrowIfCancellationRequested();
                sums.Add(Forward(batch, examples), examples);
                examples += batch.InputIds.shape[0];
            }

            return examples > 0
                ? sums.Report(examples)
                : throw new ArgumentException("There is no held-out batch to evaluate.", nameof(batches));
        }
        finally
        {
            model.Train(training);
        }
    }

    private PretrainingOutput Forward(TokenBatch batch, long first)
    {
        Tensor inputIds = batch.InputIds.to(model.Device);
        IEnumerable<long> seeds = Enumerable.Range(0, (int)inputIds.shape[0])
            .Select(row => RandomSeeds.Derive(seed, RandomSeeds.Purpose.Evaluation, first + row));
        using StepRandomness randomness = StepRandomness.Draw(seeds, inputIds.shape[1], model.Device);
        return model.forward(
            inputIds, batch.AttentionMask?.to(model.Device), batch.TokenTypeIds?.to(model.Device), masker, randomness);
    }
}

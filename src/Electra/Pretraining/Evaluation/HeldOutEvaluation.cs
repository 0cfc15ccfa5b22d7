using Electra.Data;
using Electra.Distributed;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Measures an objective on batches. Masks and samples are drawn from a seed of each example, so evaluations of different steps, and in batches
/// of another size, see the same masks. Dropout is off, and nothing else of a run is touched; networks are in the mode they were in, afterwards.
/// </summary>
internal static class HeldOutEvaluation
{
    /// <summary>Reads batches, each of which it disposes.</summary>
    /// <param name="objective">Whose figures.</param>
    /// <param name="batches">Of held-out examples.</param>
    /// <param name="unigrams">Word counts of the training text.</param>
    /// <param name="seed">Of masks and samples.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <param name="group">The ranks, which take turns with the batches; each has the figures of all. Null for this process alone.</param>
    /// <exception cref="ArgumentException">There is no batch, or a logit is NaN.</exception>
    public static EvaluationReport Evaluate(
        IPretrainingObjective objective, IEnumerable<TokenBatch> batches, UnigramModel unigrams, long seed, CancellationToken cancellationToken,
        IProcessGroup? group = null)
    {
        group ??= new SingleProcessGroup();
        using var outer = NewDisposeScope();
        using var _ = no_grad();
        using IObjectiveEvaluation evaluation = objective.Evaluate(unigrams);
        bool training = objective.Networks.Train(false);
        try
        {
            long examples = 0, tokens = 0;
            foreach ((int index, TokenBatch batch) in batches.Index())
            {
                using var scope = NewDisposeScope();
                using TokenBatch owned = batch;
                if (cancellationToken.IsCancellationRequested) break;
                long first = examples;
                examples += batch.InputIds.shape[0];
                if (index % group.Size != group.Rank) continue;
                MaskedBatch masked = Corrupt(objective, batch, first, seed);
                evaluation.Add(masked, first);
                tokens += masked.IsText.sum().item<long>();
            }

            new RankedRun(group).ThrowIfCancelled(cancellationToken);
            evaluation.Gather(group);
            double[] all = [tokens];
            group.AllReduceSum(all);
            return examples > 0
                ? new EvaluationReport(examples, (long)all[0], evaluation.Report())
                : throw new ArgumentException("There is no held-out batch to evaluate.", nameof(batches));
        }
        finally
        {
            objective.Networks.Train(training);
        }
    }

    private static MaskedBatch Corrupt(IPretrainingObjective objective, TokenBatch batch, long first, long seed)
    {
        Device device = objective.Networks.Device;
        Tensor inputIds = batch.InputIds.to(device);
        IEnumerable<long> seeds = Enumerable.Range(0, (int)inputIds.shape[0])
            .Select(row => RandomSeeds.Derive(seed, RandomSeeds.Purpose.Evaluation, first + row));
        using StepRandomness draws = StepRandomness.Draw(seeds, inputIds.shape[1], device);
        return objective.Corrupt(inputIds, batch.AttentionMask?.to(device), batch.TokenTypeIds?.to(device), draws);
    }
}

using Electra.Data;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Measures the networks on held-out batches. Masks and samples are drawn from a seed of each example, so evaluations of different steps,
/// and in batches of another size, see the same masks. Dropout is off, and nothing else of a run is touched.
/// </summary>
public sealed class PretrainingEvaluator
{
    private readonly Func<IPretrainingObjective> _objective;
    private readonly bool _ownsObjective;
    private readonly UnigramModel _unigrams;
    private readonly long _seed;

    /// <summary>Prepares to measure.</summary>
    /// <param name="model">The networks.</param>
    /// <param name="masker">How to mask.</param>
    /// <param name="unigrams">Word counts of the training text, for the baselines: <see cref="UnigramModel.Of"/>.</param>
    /// <param name="seed">Of masks and samples.</param>
    public PretrainingEvaluator(ElectraPretrainingModel model, TokenMasker masker, UnigramModel unigrams, long seed = 0) =>
        (_objective, _ownsObjective, _unigrams, _seed) = (() => PretrainingObjectives.Of(model, masker), true, unigrams, seed);

    internal PretrainingEvaluator(IPretrainingObjective objective, UnigramModel unigrams) =>
        (_objective, _unigrams) = (() => objective, unigrams);

    /// <summary>Reads all batches, each of which it disposes. Networks are in the mode they were in, afterwards.</summary>
    /// <param name="batches">Usually <see cref="PretrainingExamples.ReadOnce"/> of the held-out examples.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="ArgumentException">There is no batch, or a logit is NaN.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public EvaluationReport Evaluate(IEnumerable<TokenBatch> batches, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batches);
        IPretrainingObjective objective = _objective();
        try
        {
            return Evaluate(objective, batches, cancellationToken);
        }
        finally
        {
            if (_ownsObjective) objective.Dispose();
        }
    }

    private EvaluationReport Evaluate(IPretrainingObjective objective, IEnumerable<TokenBatch> batches, CancellationToken cancellationToken)
    {
        using var outer = NewDisposeScope();
        using var _ = no_grad();
        using IObjectiveEvaluation evaluation = objective.Evaluate(_unigrams);
        bool training = objective.Networks.Train(false);
        try
        {
            long examples = 0, tokens = 0;
            foreach (TokenBatch batch in batches)
            {
                using var scope = NewDisposeScope();
                using TokenBatch owned = batch;
                cancellationToken.ThrowIfCancellationRequested();
                MaskedBatch masked = Corrupt(objective, batch, examples);
                evaluation.Add(masked, examples);
                examples += batch.InputIds.shape[0];
                tokens += masked.IsText.sum().item<long>();
            }

            return examples > 0
                ? new EvaluationReport(examples, tokens, evaluation.Report())
                : throw new ArgumentException("There is no held-out batch to evaluate.", nameof(batches));
        }
        finally
        {
            objective.Networks.Train(training);
        }
    }

    private MaskedBatch Corrupt(IPretrainingObjective objective, TokenBatch batch, long first)
    {
        Device device = objective.Networks.Device;
        Tensor inputIds = batch.InputIds.to(device);
        IEnumerable<long> seeds = Enumerable.Range(0, (int)inputIds.shape[0])
            .Select(row => RandomSeeds.Derive(_seed, RandomSeeds.Purpose.Evaluation, first + row));
        using StepRandomness draws = StepRandomness.Draw(seeds, inputIds.shape[1], device);
        return objective.Corrupt(inputIds, batch.AttentionMask?.to(device), batch.TokenTypeIds?.to(device), draws);
    }
}

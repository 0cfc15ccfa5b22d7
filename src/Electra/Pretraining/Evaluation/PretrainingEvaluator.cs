using Electra.Data;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Measures the networks on held-out batches. Masks and samples are drawn from a seed of each example, so evaluations of different steps,
/// and in batches of another size, see the same masks. Dropout is off, and nothing else of a run is touched.
/// </summary>
public sealed class PretrainingEvaluator
{
    private readonly PretrainingDataset? _data;
    private readonly ElectraPretrainingModel? _model;
    private readonly MaskingOptions? _masking;
    private readonly IPretrainingObjective? _objective;
    private readonly UnigramModel _unigrams;
    private readonly long _seed;

    /// <summary>Prepares to measure.</summary>
    /// <param name="model">The networks; they stay the caller's.</param>
    /// <param name="data">Whose held-out text to measure on; stays the caller's.</param>
    /// <param name="masking">How to mask.</param>
    /// <param name="unigrams">Word counts of the training text, for the baselines. <value>Default: all of it is counted.</value></param>
    /// <param name="seed">Of masks and samples.</param>
    public PretrainingEvaluator(
        ElectraPretrainingModel model, PretrainingDataset data, MaskingOptions masking, UnigramModel? unigrams = null, long seed = 0)
    {
        (_model, _data, _masking, _seed) = (model, data, masking, seed);
        _unigrams = unigrams ?? UnigramModel.Of(data.Training.Corpus, model.Config.VocabSize, data.Manifest.Vocabulary.SpecialIds);
    }

    internal PretrainingEvaluator(IPretrainingObjective objective, UnigramModel unigrams, long seed = 0) =>
        (_objective, _unigrams, _seed) = (objective, unigrams, seed);

    /// <summary>Reads held-out examples. Networks are in the mode they were in, afterwards.</summary>
    /// <param name="batchSize">Examples of a forward pass; no figure depends on it.</param>
    /// <param name="examples">How many at most.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="ArgumentException">Nothing is held out, or a logit is NaN.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public EvaluationReport Evaluate(int batchSize, long examples = long.MaxValue, CancellationToken cancellationToken = default)
    {
        ShardVocabulary words = _data!.Manifest.Vocabulary;
        using var masker = new TokenMasker(_masking!, _model!.Config.VocabSize, words.MaskId, words.SpecialIds, _model.Device);
        using IPretrainingObjective objective = PretrainingObjectives.Of(_model, masker);
        return Evaluate(objective, _data.HeldOut.ReadOnce(batchSize, examples), cancellationToken);
    }

    /// <summary>Reads batches, each of which it disposes.</summary>
    internal EvaluationReport Evaluate(IEnumerable<TokenBatch> batches, CancellationToken cancellationToken = default) =>
        Evaluate(_objective!, batches, cancellationToken);

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

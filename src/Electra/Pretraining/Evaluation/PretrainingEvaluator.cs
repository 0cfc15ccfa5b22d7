using Electra.Data;

namespace Electra.Pretraining;

/// <summary>
/// Measures networks on the held-out text of a dataset. Evaluations of different steps, and in batches of another size, see the same masks.
/// Dropout is off, and networks are in the mode they were in, afterwards.
/// </summary>
public sealed class PretrainingEvaluator
{
    private readonly ElectraPretrainingModel _model;
    private readonly PretrainingDataset _data;
    private readonly MaskingOptions _masking;
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

    /// <summary>Called before each batch.</summary>
    /// <value>Default null.</value>
    public Action? OnBatch { get; init; }

    /// <summary>Reads held-out examples.</summary>
    /// <param name="batchSize">Examples of a forward pass; no figure depends on it.</param>
    /// <param name="examples">How many at most.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="ArgumentException">Nothing is held out, or a logit is NaN.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public EvaluationReport Evaluate(int batchSize, long examples = long.MaxValue, CancellationToken cancellationToken = default)
    {
        ShardVocabulary words = _data.Manifest.Vocabulary;
        using var masker = new TokenMasker(_masking, _model.Config.VocabSize, words.MaskId, words.SpecialIds, _model.Device, words.ContinuesWord());
        using IPretrainingObjective objective = PretrainingObjectives.Of(_model, masker, () => _unigrams);
        return HeldOutEvaluation.Evaluate(objective, Told(_data.HeldOut.ReadOnce(batchSize, examples)), _unigrams, _seed, cancellationToken);
    }

    private IEnumerable<TokenBatch> Told(IEnumerable<TokenBatch> batches)
    {
        foreach (TokenBatch batch in batches)
        {
            OnBatch?.Invoke();
            yield return batch;
        }
    }
}

using Electra.Data;
using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>Words by a distribution that hangs on nothing: what a discriminator learns from without a generator.</summary>
internal sealed class FixedProposals : IWordProposals
{
    private readonly Tensor _weights, _before, _logProbabilities;
    private readonly double _total;
    private readonly long _likeliest;
    private readonly bool _neverOriginal;

    /// <summary>Takes the distribution to a device.</summary>
    /// <param name="kind">Uniform or unigram.</param>
    /// <param name="words">Counts of the training text; special tokens are excluded from it, and never drawn.</param>
    /// <param name="neverOriginal">Whether the word that was masked is never drawn.</param>
    /// <param name="device">Where batches are.</param>
    /// <param name="isSmoothed">Whether each word counts once more than it occurs, so that all are drawn at times and have just the probability that is told of them.</param>
    public FixedProposals(GeneratorKind kind, UnigramModel words, bool neverOriginal, Device device, bool isSmoothed = false)
    {
        double[] weights = [.. Enumerable.Range(0, words.VocabSize).Select(id =>
            words.IsExcluded(id) ? 0.0 : kind == GeneratorKind.Uniform ? 1 : words.Count(id) + (isSmoothed ? 1 : 0))];
        _total = weights.Sum();
        if (!(_total > 0)) throw new ArgumentException("The training text has no words to draw from.", nameof(words));
        double[] before = new double[weights.Length];
        for (int id = 1; id < before.Length; id++) before[id] = before[id - 1] + weights[id - 1];
        // Where nothing was counted, as the baseline of word frequencies: a word that never occurred costs much, not infinitely much.
        float[] logProbabilities = [.. Enumerable.Range(0, weights.Length).Select(id =>
            (float)Math.Log(kind == GeneratorKind.Uniform ? 1 / _total : !isSmoothed ? words.Probability(id) : weights[id] > 0 ? weights[id] / _total : 1))];
        (_likeliest, _neverOriginal) = (Array.IndexOf(weights, weights.Max()), neverOriginal);
        using var scope = NewDisposeScope();
        _weights = tensor(weights, device: device).DetachFromDisposeScope(); // (vocabulary) float64
        _before = tensor(before, device: device).DetachFromDisposeScope();   // (vocabulary) float64: the weight of all ids below
        _logProbabilities = tensor(logProbabilities, device: device).DetachFromDisposeScope(); // (vocabulary) float32
    }

    public Generation Propose(MaskedBatch rows)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor losses = At(_logProbabilities, rows.MaskedOriginalIds).mul(rows.MaskedWeights).neg();       // (batch, slots)
        Tensor hits = rows.MaskedOriginalIds.eq(Scalars.Of(_likeliest)).mul(rows.MaskedWeights);         // (batch, slots)
        return new Generation(losses.sum(), losses, hits, Draw(rows), null).MoveToOuterDisposeScope();
    }

    /// <summary>A word for every slot, by <see cref="MaskedBatch.SamplingDraws"/>. (batch, slots) int64</summary>
    public Tensor Draw(MaskedBatch rows)
    {
        using var scope = NewDisposeScope();
        Tensor draws = rows.SamplingDraws!.to(ScalarType.Float64).mul_(Scalars.Of(1 - 1e-9));             // (batch, slots)
        if (!_neverOriginal) return Find(draws.mul_(Scalars.Of(_total))).MoveToOuterDisposeScope();
        Tensor weight = At(_weights, rows.MaskedOriginalIds), before = At(_before, rows.MaskedOriginalIds);
        Tensor target = draws.mul_(weight.neg().add_(Scalars.Of(_total), Scalars.One));
        return Find(target.add(weight.mul(target.ge(before)), Scalars.One)).MoveToOuterDisposeScope(); // beyond the original: its own share is stepped over
    }

    /// <summary>The logarithm of the probability of each word; anything at special tokens.</summary>
    /// <param name="ids">(batch, seq) int64</param>
    /// <returns>(batch, seq) float32</returns>
    public Tensor LogProbabilities(Tensor ids) => At(_logProbabilities, ids);

    public void Dispose()
    {
        _weights.Dispose();
        _before.Dispose();
        _logProbabilities.Dispose();
    }

    // The last id below which no more weight lies than that.
    private Tensor Find(Tensor targets) => searchsorted(_before, targets, right: true).sub_(Scalars.One).clamp_min_(Scalars.Of(0));

    private static Tensor At(Tensor table, Tensor ids) => table.index_select(0, ids.reshape(-1)).view(ids.shape);
}

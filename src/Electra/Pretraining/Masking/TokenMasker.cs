using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Chooses tokens to predict and hides them, on the batch's device and without waiting for it. Padding and special tokens are never
/// chosen; a row that has nothing else is left alone.
/// </summary>
internal sealed class TokenMasker : IDisposable
{
    private readonly Tensor _maskable; // (vocabulary) bool
    private readonly long _maskId;
    private readonly UnitDraw? _units; // null where tokens are drawn one by one

    /// <summary>Makes a masker for one vocabulary on one device.</summary>
    /// <param name="options">How to mask.</param>
    /// <param name="vocabSize">Number of words.</param>
    /// <param name="maskId">The id of [MASK].</param>
    /// <param name="specialIds">Ids that are never chosen: [PAD], [CLS], [SEP], [MASK] and whatever else is no text.</param>
    /// <param name="device">Where batches are.</param>
    /// <param name="continues">For each id whether it continues a word; needed where words are masked whole.</param>
    /// <exception cref="ArgumentException">A fraction or an id is out of range, or nothing tells which ids continue words.</exception>
    public TokenMasker(MaskingOptions options, int vocabSize, int maskId, IEnumerable<int> specialIds, Device device, bool[]? continues = null)
    {
        string problems = string.Join("; ", options.Problems());
        if (problems.Length > 0) throw new ArgumentException($"Wrong masking options: {problems}.", nameof(options));
        int[] special = [.. specialIds.Append(maskId)];
        if (special.Any(id => id < 0 || id >= vocabSize))
            throw new ArgumentException($"A special id lies outside the vocabulary of {vocabSize} words.", nameof(specialIds));
        if (options.Unit != MaskingUnit.Token && continues?.Length != vocabSize)
        {
            throw new ArgumentException(
                $"Masking by {options.Unit} needs to know which tokens continue a word, and these token shards don't say: an earlier version wrote them. Write them again.",
                nameof(continues));
        }

        Options = options;
        _maskId = maskId;
        _units = options.Unit == MaskingUnit.Token ? null : new UnitDraw(options, continues!, device);
        using var scope = NewDisposeScope();
        bool[] maskable = [.. Enumerable.Repeat(true, vocabSize)];
        foreach (int id in special) maskable[id] = false;
        _maskable = tensor(maskable, device: device).DetachFromDisposeScope();
    }

    /// <summary>How this masker masks.</summary>
    public MaskingOptions Options { get; }

    /// <summary>Chooses and hides tokens.</summary>
    /// <param name="inputIds">(batch, seq) int64</param>
    /// <param name="attentionMask">(batch, seq) int64, or null without padding</param>
    /// <param name="tokenTypeIds">(batch, seq) int64, or null; passed on</param>
    /// <param name="randomness">Draws of the same shape.</param>
    public MaskedBatch Mask(Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, StepRandomness randomness)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        int slots = Options.Slots(inputIds.shape[1]);
        Tensor candidates = Candidates(inputIds, attentionMask);                                          // (batch, seq)
        Tensor counts = Wanted(candidates, attentionMask, randomness.Progress).unsqueeze(1);                                   // (batch, 1)
        (Tensor positions, Tensor weights) = _units is null
            ? (Draw(candidates, randomness.Selection, slots), Used(counts, slots))
            : _units.Draw(inputIds, candidates, counts, randomness, slots);                               // (batch, slots), both
        Tensor original = inputIds.gather(1, positions);                                                  // (batch, slots)
        // Draws are looked up by position: a position that was drawn twice fares the same both times.
        Tensor shown = Corrupt(original, randomness, positions);                                          // (batch, slots)
        Tensor masked = MaskedBatch.Write(inputIds, positions, weights, shown);                           // (batch, seq)
        Tensor places = Places(original, shown, weights);                                                 // (batch, slots)
        return new MaskedBatch(inputIds, attentionMask, tokenTypeIds, masked, positions, original, weights, places, candidates)
            .MoveToOuterDisposeScope();
    }

    /// <summary>Frees the vocabulary's tables.</summary>
    public void Dispose()
    {
        _maskable.Dispose();
        _units?.Dispose();
    }

    private Tensor Candidates(Tensor inputIds, Tensor? attentionMask)
    {
        Tensor maskable = _maskable.index_select(0, inputIds.reshape(-1)).view(inputIds.shape);
        return attentionMask is null ? maskable : maskable.logical_and(attentionMask); // (batch, seq) bool
    }

    // In float32 and half to even, as the original: 0.15 x 30 tokens is 4.5000002 there. Special tokens count toward n.
    private Tensor Wanted(Tensor candidates, Tensor? attentionMask, double progress)
    {
        long length = candidates.shape[1];
        double share = Options.MaskProbabilityAt(progress);
        Tensor tokens = attentionMask is null
            ? full([candidates.shape[0]], Scalars.Of(length), ScalarType.Float32, candidates.device)
            : attentionMask.sum(1).to(ScalarType.Float32);
        Tensor wanted = tokens.mul(Scalars.Of(share)).round().clamp(Scalars.Of(1), Scalars.Of(Options.Slots(length, share))).to(ScalarType.Int64);
        return wanted.minimum(candidates.sum(1)); // (batch)
    }

    private static Tensor Used(Tensor counts, int slots) =>
        arange(Scalars.Of(0), Scalars.Of(slots), Scalars.Of(1), device: counts.device).lt(counts).to(ScalarType.Float32);

    private Tensor Draw(Tensor candidates, Tensor draws, int slots) =>
        Options.GoogleCompatible ? DrawWithReplacement(candidates, draws, slots) : DrawDistinct(candidates, draws, slots);

    private static Tensor DrawDistinct(Tensor candidates, Tensor draws, int slots) =>
        draws.masked_fill(candidates.logical_not(), Scalars.Of(-1)).topk(slots, dim: 1).indexes;

    private static Tensor DrawWithReplacement(Tensor candidates, Tensor draws, int slots)
    {
        Tensor upTo = candidates.cumsum(1);                                                               // (batch, seq): candidates so far
        Tensor total = upTo.narrow(1, candidates.shape[1] - 1, 1);                                        // (batch, 1)
        Tensor nth = draws.narrow(1, 0, slots).mul(total).floor().to(ScalarType.Int64).minimum(total.sub(Scalars.Of(1))); // (batch, slots), from 0
        return searchsorted(upTo, nth.add_(Scalars.One, Scalars.One)).clamp_max_(Scalars.Of(candidates.shape[1] - 1));
    }

    private Tensor Corrupt(Tensor original, StepRandomness randomness, Tensor positions)
    {
        double mask = Options.MaskTokenFraction, random = mask + Options.RandomTokenFraction;
        Tensor corruption = randomness.Corruption.gather(1, positions);
        Tensor masked = where(corruption.lt(Scalars.Of(mask)), original.new_full([], Scalars.Of(_maskId)), original);
        if (Options.RandomTokenFraction == 0) return masked;
        long words = _maskable.shape[0];
        Tensor any = randomness.RandomWords.gather(1, positions).mul_(Scalars.Of(words)).floor_().to(ScalarType.Int64).clamp_max_(Scalars.Of(words - 1));
        return where(corruption.ge(Scalars.Of(mask)).logical_and_(corruption.lt(Scalars.Of(random))), any, masked);
    }

    // By what is read there, not by what was drawn: a random word that happens to be the original is the answer too.
    private Tensor Places(Tensor original, Tensor shown, Tensor weights)
    {
        Tensor places = shown.ne(original).to(ScalarType.Int64).mul_(Scalars.Of((long)MaskedPlace.Random - (long)MaskedPlace.Kept))
            .add_(Scalars.Of((long)MaskedPlace.Kept), Scalars.One);
        places.masked_fill_(shown.eq(Scalars.Of(_maskId)), Scalars.Of((long)MaskedPlace.Mask));
        return places.masked_fill_(weights.eq(Scalars.Of(0)), Scalars.Of((long)MaskedPlace.Unused));
    }
}

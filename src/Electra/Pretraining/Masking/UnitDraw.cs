using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Draws whole words, or spans of them, on the batch's device. Every word has the draw of its unit's first token; the highest draws are taken until
/// the row has its share. A word that would go beyond the share is left out, so a row may have fewer; the first one is taken as far as it fits.
/// </summary>
internal sealed class UnitDraw : IDisposable
{
    private readonly Tensor _continues; // (vocabulary) bool
    private readonly MaskingOptions _options;

    /// <summary>Makes a drawer for one vocabulary on one device.</summary>
    /// <param name="options">What is drawn.</param>
    /// <param name="continues">For each id whether it continues a word.</param>
    /// <param name="device">Where batches are.</param>
    public UnitDraw(MaskingOptions options, bool[] continues, Device device)
    {
        _options = options;
        _continues = tensor(continues, device: device);
        _continues.DetachFromDisposeScope();
    }

    /// <summary>Draws tokens.</summary>
    /// <param name="inputIds">(batch, seq) int64</param>
    /// <param name="candidates">True where a token may be masked. (batch, seq) bool</param>
    /// <param name="counts">Most tokens of a row. (batch, 1) int64</param>
    /// <param name="randomness">Draws of the same shape.</param>
    /// <param name="slots">Width of the result.</param>
    /// <returns>Positions, those in use first or not, and 1 where one is in use. Both (batch, slots)</returns>
    public (Tensor Positions, Tensor Weights) Draw(Tensor inputIds, Tensor candidates, Tensor counts, StepRandomness randomness, int slots)
    {
        long length = inputIds.shape[1];
        Tensor isFirst = nn.functional.pad(candidates.narrow(1, 0, length - 1), [1, 0]).logical_not();        // of a stretch of text: nothing is before it
        Tensor isWord = _continues.index_select(0, inputIds.reshape(-1)).view(inputIds.shape).logical_not_().logical_or_(isFirst);
        Tensor words = Begin(isWord);                                                                          // (batch, seq): where the word begins
        Tensor units = _options.Unit == MaskingUnit.WholeWord ? words : Begin(isFirst.logical_or_(BeginsSpan(randomness).logical_and_(isWord)));
        Tensor keys = randomness.Selection.gather(1, units).masked_fill_(candidates.logical_not(), Scalars.Of(-1));
        // Stable: tokens of a unit stay together, in the text's order.
        Tensor order = keys.sort(1, descending: true, stable: true).Indices;
        Tensor drawn = words.masked_fill(candidates.logical_not(), Scalars.Of(-1)).gather(1, order);           // (batch, seq): each token's word, by rank
        Tensor cut = nn.functional.pad(drawn, [0, 1], value: -2).gather(1, counts);                            // the word of the first token that has no place
        Tensor kept = drawn.narrow(1, 0, slots);
        Tensor whole = kept.ne(cut).logical_or_(kept.eq(drawn.narrow(1, 0, 1)));
        Tensor within = arange(Scalars.Of(0), Scalars.Of(slots), Scalars.Of(1), device: inputIds.device).lt(counts);
        return (order.narrow(1, 0, slots), whole.logical_and_(within).to(ScalarType.Float32));
    }

    /// <summary>Frees the table.</summary>
    public void Dispose() => _continues.Dispose();

    // A random word is told by its draw's leading digits; what is left of them below a thousandth decides here, and says nothing of the word.
    private Tensor BeginsSpan(StepRandomness randomness) =>
        randomness.RandomWords.mul(Scalars.Of(1024)).frac_().lt(Scalars.Of(1 / _options.MeanSpanWords));

    // For each place the last place up to it that begins something.
    private static Tensor Begin(Tensor begins) =>
        arange(Scalars.Of(0), Scalars.Of(begins.shape[1]), Scalars.Of(1), device: begins.device).mul(begins.to(ScalarType.Int64)).cummax(1).values;
}

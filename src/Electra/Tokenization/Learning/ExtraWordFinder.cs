using System.Text;

namespace Electra.Tokenization;

/// <summary>
/// Finds the words of a domain that a vocabulary should have as whole tokens: those whose pieces take most places in its text. Not thread-safe.
/// </summary>
/// <param name="tokenizer">Has the vocabulary.</param>
/// <param name="minimumFrequency">Words rarer than this are left: their rows would learn too little. At least 1. <value>Default: 20.</value></param>
public sealed class ExtraWordFinder(ElectraTokenizer tokenizer, int minimumFrequency = 20)
{
    private const int MostWords = 2_000_000; // as a vocabulary is learned from

    private readonly WordCountTable _words = new(MostWords);
    private readonly int _minimumFrequency = minimumFrequency >= 1
        ? minimumFrequency
        : throw new ArgumentOutOfRangeException(nameof(minimumFrequency), minimumFrequency, "must be at least 1");

    /// <summary>Counts the words of a piece of text, which should not end within a word.</summary>
    /// <param name="text">A line, paragraph or document.</param>
    public void Add(ReadOnlySpan<char> text)
    {
        Split(text, _words);
        _ = _words.EndText(text.Length);
    }

    /// <summary>Begins to count a share of a text whose other shares other processes count.</summary>
    /// <param name="index">Which share, from 0.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="counts">Where the counts are written; stays open.</param>
    public WordCountShare CountShare(int index, int count, Stream counts) => new(MostWords, Split, index, count, counts);

    /// <summary>Counts the words of a text that was counted in shares: with the same result as if all of it were added here.</summary>
    /// <param name="shares">What the shares wrote, in their order; read to the end.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The UTF-16 characters of the text.</returns>
    /// <exception cref="InvalidDataException">The shares are not those of one text.</exception>
    public long AddShares(IReadOnlyList<Stream> shares, CancellationToken cancellationToken = default) => WordCountShare.Read(shares, _words, null, cancellationToken);

    /// <summary>The words worth most: frequency times the places that one token saves. Only words of letters that the vocabulary can spell.</summary>
    /// <param name="count">How many at most; at least 0.</param>
    /// <returns>The most worth first, of equal ones the first in ordinal order.</returns>
    public IReadOnlyList<string> Find(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        IEnumerable<(string Word, long Saved)> worth =
            from item in _words.Counts
            where item.Value >= _minimumFrequency && item.Key.EnumerateRunes().All(Rune.IsLetter)
            let saved = item.Value * SavedBy(item.Key)
            where saved > 0
            select (item.Key, saved);
        return [.. worth.OrderByDescending(item => item.Saved).ThenBy(item => item.Word, StringComparer.Ordinal).Take(count).Select(item => item.Word)];
    }

    private void Split(ReadOnlySpan<char> text, WordCountTable words)
    {
        var sink = new WordCountSink(words);
        tokenizer.Split(text, ref sink);
    }

    private long SavedBy(string word)
    {
        IReadOnlyList<int> pieces = tokenizer.EncodeToIds(word);
        return pieces.Contains(tokenizer.SpecialTokens.UnknownId) ? 0 : pieces.Count - 1;
    }
}

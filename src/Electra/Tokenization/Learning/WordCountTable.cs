using System.Runtime.InteropServices;

namespace Electra.Tokenization;

/// <summary>
/// Counts the words of a text in bounded memory: when there are too many at the end of a block of text, the rarest are forgotten ("lossy counting"). So what is remembered is the
/// same whether words are counted one by one or whole blocks elsewhere.
/// </summary>
/// <param name="capacity">Words that are remembered.</param>
/// <param name="forgets">Whether any are forgotten; otherwise there are only blocks.</param>
internal sealed class WordCountTable(int capacity, bool forgets = true)
{
    private const int MostBlockCharacters = 1 << 20;

    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private int _blockCharacters;

    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>No count is too low by more than this.</summary>
    public long MaximumUndercount { get; private set; }

    public void Add(ReadOnlySpan<char> word, long count = 1) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_counts.GetAlternateLookup<ReadOnlySpan<char>>(), word, out _) += count;

    /// <summary>Says that the words of so many characters of text were counted.</summary>
    /// <returns>Whether a block ends there.</returns>
    public bool EndText(int characters)
    {
        _blockCharacters += characters;
        if (_blockCharacters < Math.Min(capacity, MostBlockCharacters)) return false;
        _blockCharacters = 0;
        if (forgets && _counts.Count > capacity) Prune();
        return true;
    }

    public void Clear() => _counts.Clear();

    /// <summary>Forgets all words up to the median count, so at least half: which words go depends on counts alone.</summary>
    private void Prune()
    {
        long[] sorted = [.. _counts.Values];
        Array.Sort(sorted);
        long threshold = sorted[sorted.Length / 2];
        foreach ((string word, long count) in _counts)
        {
            if (count <= threshold) _counts.Remove(word);
        }

        MaximumUndercount += threshold;
    }
}

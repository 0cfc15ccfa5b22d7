using System.Runtime.InteropServices;

namespace Electra.Tokenization;

/// <summary>Counts words in bounded memory: when full, the rarest are forgotten ("lossy counting").</summary>
internal sealed class WordCountTable(int capacity)
{
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>No count is too low by more than this.</summary>
    public long MaximumUndercount { get; private set; }

    public void Add(ReadOnlySpan<char> word)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_counts.GetAlternateLookup<ReadOnlySpan<char>>(), word, out bool exists)++;
        if (!exists && _counts.Count > capacity) Prune();
    }

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

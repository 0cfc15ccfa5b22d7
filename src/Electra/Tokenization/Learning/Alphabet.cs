using System.Text;

namespace Electra.Tokenization;

/// <summary>The characters of a text by frequency, and how many of them a vocabulary should hold.</summary>
internal sealed class Alphabet
{
    /// <summary>Share of the text's characters that are kept when nobody says how many.</summary>
    private const double Coverage = 0.9995;

    /// <summary>
    /// Part of a vocabulary that characters may have in any case: 0.05 % of the characters spoil up to 0.4 % of the words in a script of
    /// few letters, which has room for all of them.
    /// </summary>
    private const int SmallPart = 16;

    private readonly IReadOnlyDictionary<string, long> _words;
    private readonly (Rune Character, long Count, bool IsInside)[] _mostFrequentFirst;
    private readonly long _total;

    /// <param name="words">Words and how often they occur.</param>
    public Alphabet(IReadOnlyDictionary<string, long> words)
    {
        _words = words;
        var counts = new Dictionary<Rune, (long Count, bool IsInside)>();
        foreach ((string word, long count) in words)
        {
            bool isInside = false;
            foreach (Rune rune in word.EnumerateRunes())
            {
                (long known, bool wasInside) = counts.GetValueOrDefault(rune);
                counts[rune] = (known + count, wasInside || isInside);
                isInside = true;
            }
        }

        _mostFrequentFirst = [.. counts.OrderByDescending(entry => entry.Value.Count).ThenBy(entry => entry.Key)
            .Select(entry => (entry.Key, entry.Value.Count, entry.Value.IsInside))];
        _total = _mostFrequentFirst.Sum(entry => entry.Count);
    }

    /// <summary>The most frequent characters, a given number of them.</summary>
    public HashSet<Rune> Take(int limit, int minimumFrequency) =>
        [.. _mostFrequentFirst.TakeWhile(entry => entry.Count >= minimumFrequency).Take(limit).Select(entry => entry.Character)];

    /// <summary>
    /// The most frequent characters: until they make up <see cref="Coverage"/> of the text and fill a <see cref="SmallPart"/>th of the free
    /// places, and never more than those. A character takes two places, for the beginning and the inside of words, or one when it always
    /// stands first, as Chinese ones do where each is a word. Characters go before longer pieces: a rare piece saves a token now and then,
    /// a missing character loses words.
    /// </summary>
    public HashSet<Rune> Choose(int free, int minimumFrequency)
    {
        var chosen = new HashSet<Rune>();
        long covered = 0;
        int taken = 0;
        foreach ((Rune character, long count, bool isInside) in _mostFrequentFirst)
        {
            bool isEnough = covered >= Coverage * _total && taken >= free / SmallPart;
            taken += isInside ? 2 : 1;
            if (count < minimumFrequency || isEnough || taken > free) break;
            chosen.Add(character);
            covered += count;
        }

        return chosen;
    }

    /// <summary>What a vocabulary of these characters can and can't spell.</summary>
    public VocabularyReport Report(IReadOnlySet<Rune> kept)
    {
        long words = 0, lost = 0;
        foreach ((string word, long count) in _words)
        {
            words += count;
            if (!PieceLearner.Spells(word, kept)) lost += count;
        }

        long missing = _mostFrequentFirst.Where(entry => !kept.Contains(entry.Character)).Sum(entry => entry.Count);
        return new(kept.Count, _mostFrequentFirst.Length, (double)missing / _total, (double)lost / words);
    }
}

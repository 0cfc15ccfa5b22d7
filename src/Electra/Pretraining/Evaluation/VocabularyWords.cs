using Electra.Data;

namespace Electra.Pretraining;

/// <summary>What a WordPiece vocabulary says about words: which ids continue a word, and which stand for a whole ordinary word.</summary>
public sealed class VocabularyWords
{
    private readonly bool[] continues;
    private readonly bool[] alphabetic;

    /// <summary>Reads the tokens once.</summary>
    /// <param name="vocabulary">Tokens in id order; pieces that continue a word begin with <c>##</c>.</param>
    /// <param name="specialIds">Ids that are no text.</param>
    public VocabularyWords(IReadOnlyList<string> vocabulary, IEnumerable<int> specialIds)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(specialIds);
        Vocabulary = vocabulary;
        SpecialIds = new HashSet<int>(specialIds);
        continues = [.. vocabulary.Select(token => token.Length > 2 && token.StartsWith("##", StringComparison.Ordinal))];
        alphabetic = [.. vocabulary.Select((token, id) => !SpecialIds.Contains(id) && Text(token).All(char.IsLetter))];
    }

    /// <summary>Tokens in id order.</summary>
    public IReadOnlyList<string> Vocabulary { get; }

    /// <summary>Ids that are no text.</summary>
    public IReadOnlySet<int> SpecialIds { get; }

    /// <summary>True for a piece that continues a word.</summary>
    public bool Continues(int id) => continues[id];

    /// <summary>The words of a sequence as ranges of tokens; a punctuation mark or a special token is a word of its own.</summary>
    public IReadOnlyList<Range> Split(ReadOnlySpan<int> ids)
    {
        var words = new List<Range>();
        for (int start = 0; start < ids.Length;)
        {
            int end = start + 1;
            while (end < ids.Length && continues[ids[end]]) end++;
            words.Add(start..end);
            start = end;
        }

        return words;
    }

    /// <summary>True when a word consists of letters only; such words are swapped, numbers and punctuation never.</summary>
    public bool IsAlphabetic(ReadOnlySpan<int> word)
    {
        foreach (int id in word)
        {
            if (!alphabetic[id]) return false;
        }

        return true;
    }

    /// <summary>A word as a reader writes it: its pieces joined.</summary>
    public string Join(ReadOnlySpan<int> word)
    {
        var text = new System.Text.StringBuilder();
        foreach (int id in word) text.Append(Text(Vocabulary[id]));
        return text.ToString();
    }

    /// <summary>Counts those tokens of a text that are a whole alphabetic word by themselves.</summary>
    public void CountWholeWords(ReadOnlySpan<int> ids, UnigramModel wholeWords)
    {
        ArgumentNullException.ThrowIfNull(wholeWords);
        for (int i = 0; i < ids.Length; i++)
        {
            bool isWhole = !continues[ids[i]] && (i + 1 == ids.Length || !continues[ids[i + 1]]);
            if (isWhole && alphabetic[ids[i]]) wholeWords.Add(ids.Slice(i, 1));
        }
    }

    private static string Text(string token) => token.Length > 2 && token.StartsWith("##", StringComparison.Ordinal) ? token[2..] : token;
}

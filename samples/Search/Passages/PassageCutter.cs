using Electra.Samples.Pretrain.Options;

namespace Electra.Samples.Search.Passages;

/// <summary>Cuts documents into passages of so many words, each beginning with the last words of the one before.</summary>
internal sealed class PassageCutter
{
    private readonly int _words, _overlap;

    /// <summary>Sets the size.</summary>
    /// <param name="words">Most words of a passage.</param>
    /// <param name="overlap">How many of them the next one has, too.</param>
    /// <exception cref="UsageException">No such passages can be cut.</exception>
    public PassageCutter(int words, int overlap)
    {
        if (words < 1) throw new UsageException($"--passage-words is {words}; it must be positive.");
        if (overlap < 0 || overlap >= words) throw new UsageException($"--passage-overlap is {overlap}; it must be from 0 to one below --passage-words, which is {words}.");
        (_words, _overlap) = (words, overlap);
    }

    /// <summary>How it cuts, for people.</summary>
    public string Description => $"{_words} words, {_overlap} of them in the next one, too";

    /// <summary>The passages of a document, each with the place of the line that it begins in.</summary>
    public IEnumerable<(int Line, string Text)> Cut(IReadOnlyList<string> lines)
    {
        (int Line, string Word)[] words = [.. lines.SelectMany((line, i) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => (i, word)))];
        for (int start = 0, end = 0; end < words.Length; start = end - _overlap)
        {
            end = Math.Min(words.Length, start + _words);
            yield return (words[start].Line, string.Join(' ', words[start..end].Select(word => word.Word)));
        }
    }
}

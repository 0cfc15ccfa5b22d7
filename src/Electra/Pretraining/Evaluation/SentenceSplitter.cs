namespace Electra.Pretraining;

/// <summary>Cuts lines of token ids into sentences, after a full stop, question or exclamation mark.</summary>
public sealed class SentenceSplitter
{
    private readonly HashSet<int> ends;

    /// <summary>Looks the ending marks up in a vocabulary.</summary>
    /// <param name="vocabulary">Tokens in id order.</param>
    public SentenceSplitter(IReadOnlyList<string> vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ends = [.. Enumerable.Range(0, vocabulary.Count).Where(id => vocabulary[id] is "." or "?" or "!")];
    }

    /// <summary>The complete sentences of a line, marks included; a last part without a mark is left out.</summary>
    public IEnumerable<int[]> Split(int[] line)
    {
        ArgumentNullException.ThrowIfNull(line);
        int start = 0;
        for (int i = 0; i < line.Length; i++)
        {
            if (!ends.Contains(line[i])) continue;
            yield return line[start..(i + 1)];
            start = i + 1;
        }
    }
}

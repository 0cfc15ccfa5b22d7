namespace Electra.Tokenization;

/// <summary>Counts words; added tokens and words too long to be spelled teach nothing.</summary>
internal readonly struct WordCountSink(WordCountTable table) : IWordSink
{
    public static bool NeedsSpans => false;

    public void AddWord(ReadOnlySpan<char> word, ReadOnlySpan<TextSpan> spans) => table.Add(word);

    public void AddOverlongWord(TextSpan span)
    {
    }

    public void AddToken(int id, TextSpan span)
    {
    }
}

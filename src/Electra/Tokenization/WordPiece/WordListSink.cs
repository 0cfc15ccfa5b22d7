namespace Electra.Tokenization;

/// <summary>Lists the words of a text; null for an added token and for a word too long to be spelled.</summary>
internal readonly struct WordListSink(List<string?> words) : IWordSink
{
    public static bool NeedsSpans => false;

    public void AddWord(ReadOnlySpan<char> word, ReadOnlySpan<TextSpan> spans) => words.Add(word.ToString());

    public void AddOverlongWord(TextSpan span) => words.Add(null);

    public void AddToken(int id, TextSpan span) => words.Add(null);
}

namespace Electra.Tokenization;

/// <summary>Collects ids and where they come from.</summary>
internal readonly struct TokenSink(WordPieceModel model, int unknownId, List<int> ids, List<TextSpan> offsets) : IWordSink
{
    public static bool NeedsSpans => true;

    public void AddWord(ReadOnlySpan<char> word, ReadOnlySpan<TextSpan> spans)
    {
        SpelledWord spelled = model.Spell(word);
        ReadOnlySpan<int> pieces = spelled.Ids, ends = spelled.Ends;
        int start = 0;
        for (int i = 0; i < pieces.Length; i++)
        {
            int end = ends[i];
            AddToken(pieces[i], new(spans[start].Start, spans[end - 1].End));
            start = end;
        }
    }

    public void AddOverlongWord(TextSpan span) => AddToken(unknownId, span);

    public void AddToken(int id, TextSpan span)
    {
        ids.Add(id);
        offsets.Add(span);
    }
}

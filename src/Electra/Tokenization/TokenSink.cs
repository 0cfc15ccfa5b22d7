namespace Electra.Tokenization;

/// <summary>Collects ids and where they come from.</summary>
internal readonly struct TokenSink(WordPieceModel model, SpecialTokens special, List<int> ids, List<TextSpan> offsets) : IWordSink
{
    public static bool NeedsSpans => true;

    public void AddWord(ReadOnlySpan<char> word, ReadOnlySpan<TextSpan> spans)
    {
        SpelledWord spelled = model.Spell(word);
        int start = 0;
        for (int i = 0; i < spelled.Ids.Length; i++)
        {
            int end = spelled.Ends[i];
            Add(spelled.Ids[i], new(spans[start].Start, spans[end - 1].End));
            start = end;
        }
    }

    public void AddOverlongWord(TextSpan span) => Add(special.UnknownId, span);

    public void AddSpecialToken(string token, TextSpan span) => Add(special.IdOf(token), span);

    private void Add(int id, TextSpan offset)
    {
        ids.Add(id);
        offsets.Add(offset);
    }
}

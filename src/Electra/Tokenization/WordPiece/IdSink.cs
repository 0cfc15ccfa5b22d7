namespace Electra.Tokenization;

/// <summary>Collects ids only: the path that writes shards.</summary>
internal readonly struct IdSink(WordPieceModel model, int unknownId, List<int> ids) : IWordSink
{
    public static bool NeedsSpans => false;

    public void AddWord(ReadOnlySpan<char> word, ReadOnlySpan<TextSpan> spans)
    {
        ReadOnlySpan<int> pieces = model.Spell(word).Ids;
        if (pieces.Length == 1) ids.Add(pieces[0]);
        else ids.AddRange(pieces);
    }

    public void AddOverlongWord(TextSpan span) => ids.Add(unknownId);

    public void AddToken(int id, TextSpan span) => ids.Add(id);
}

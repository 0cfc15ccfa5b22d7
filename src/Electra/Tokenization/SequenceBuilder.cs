namespace Electra.Tokenization;

/// <summary>Fills the parallel lists of one <see cref="TokenizedText"/> from left to right; what is not filled is padding.</summary>
internal sealed class SequenceBuilder
{
    private readonly int[] _ids, _typeIds, _attentionMask, _textIndices;
    private readonly TextSpan[] _offsets;
    private int _next;

    public SequenceBuilder(int length, int padId)
    {
        (_ids, _typeIds, _attentionMask, _textIndices) = (new int[length], new int[length], new int[length], new int[length]);
        _offsets = new TextSpan[length];
        Array.Fill(_ids, padId);
        Array.Fill(_textIndices, -1);
    }

    public void AddFraming(int id, int typeId) => Add(id, typeId, default, textIndex: -1);

    public void AddTokens(TracedTokens tokens, int textIndex)
    {
        for (int i = 0; i < tokens.Ids.Count; i++) Add(tokens.Ids[i], textIndex, tokens.Offsets[i], textIndex);
    }

    public TokenizedText Build() => new(_ids, _typeIds, _attentionMask, _offsets, _textIndices);

    private void Add(int id, int typeId, TextSpan offset, int textIndex)
    {
        (_ids[_next], _typeIds[_next], _offsets[_next], _textIndices[_next]) = (id, typeId, offset, textIndex);
        _attentionMask[_next++] = 1;
    }
}

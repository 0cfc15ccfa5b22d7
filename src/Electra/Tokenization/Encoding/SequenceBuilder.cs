using System.Runtime.InteropServices;

namespace Electra.Tokenization;

/// <summary>Fills the parallel lists of one <see cref="TokenizedText"/> from left to right; what is not filled is padding.</summary>
internal sealed class SequenceBuilder
{
    private readonly SpecialTokens _special;
    private readonly bool _isFramed;
    private readonly int[] _ids, _typeIds, _attentionMask, _textIndices;
    private readonly TextSpan[] _offsets;
    private int _next;

    public SequenceBuilder(SpecialTokens special, int length, bool isFramed)
    {
        (_special, _isFramed) = (special, isFramed);
        (_ids, _typeIds, _attentionMask, _textIndices) = (new int[length], new int[length], new int[length], new int[length]);
        _offsets = new TextSpan[length];
    }

    /// <summary>Puts the texts, cut to what fits, in.</summary>
    public TokenizedText Build(TracedTokens first, TracedTokens? second, SequenceFit fit)
    {
        _textIndices.AsSpan().Fill(-1);
        if (_isFramed) _ids[_next++] = _special.ClsId;
        Add(first, fit.First, textIndex: 0);
        if (second is { } pair) Add(pair, fit.Second!.Value, textIndex: 1);
        _ids.AsSpan(_next).Fill(_special.PadId);
        _attentionMask.AsSpan(0, _next).Fill(1);
        return new(_ids, _typeIds, _attentionMask, _offsets, _textIndices);
    }

    private void Add(TracedTokens tokens, int count, int textIndex)
    {
        CollectionsMarshal.AsSpan(tokens.Ids)[..count].CopyTo(_ids.AsSpan(_next));
        CollectionsMarshal.AsSpan(tokens.Offsets)[..count].CopyTo(_offsets.AsSpan(_next));
        _textIndices.AsSpan(_next, count).Fill(textIndex);
        int start = _next;
        _next += count;
        if (_isFramed) _ids[_next++] = _special.SepId;
        if (textIndex > 0) _typeIds.AsSpan(start.._next).Fill(textIndex);
    }
}

using System.Runtime.CompilerServices;

namespace Electra.Tokenization;

/// <summary>The word that <see cref="WordSplitter"/> is reading; every code point in it is one UTF-16 unit.</summary>
internal ref struct WordBuffer<TSink>(Span<char> units, Span<TextSpan> spans)
    where TSink : struct, IWordSink
{
    private readonly Span<char> _units = units;
    private readonly Span<TextSpan> _spans = spans;
    private int _length;
    private int _lastEnd;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(char unit, int position)
    {
        int place = _length++;
        if ((uint)place < (uint)_units.Length)
        {
            _units[place] = unit;
            if (TSink.NeedsSpans) _spans[place] = new(position, position + 1);
        }

        if (TSink.NeedsSpans) _lastEnd = position + 1;
    }

    public void Clear() => _length = 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Flush(ref TSink sink)
    {
        if (_length == 0) return;
        if (_length <= _units.Length) sink.AddWord(_units[.._length], TSink.NeedsSpans ? _spans[.._length] : default);
        else sink.AddOverlongWord(TSink.NeedsSpans ? new(_spans[0].Start, _lastEnd) : default);
        _length = 0;
    }
}

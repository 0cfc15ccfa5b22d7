namespace Electra.Tokenization;

/// <summary>Takes the words of a text, in order. A struct, so that each splitting loop is compiled for its sink.</summary>
internal interface IWordSink
{
    /// <summary>False lets the splitter skip all bookkeeping of places; spans are then empty.</summary>
    static abstract bool NeedsSpans { get; }

    /// <summary>A normalised word of 1 to 100 code points; <paramref name="spans"/> has the origin of each UTF-16 unit of it.</summary>
    void AddWord(ReadOnlySpan<char> word, ReadOnlySpan<TextSpan> spans);

    /// <summary>A word of more than 100 code points, which WordPiece does not try to spell.</summary>
    void AddOverlongWord(TextSpan span);

    /// <summary>A special token that stands literally in the text.</summary>
    void AddSpecialToken(string token, TextSpan span);
}

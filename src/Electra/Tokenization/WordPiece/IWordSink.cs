namespace Electra.Tokenization;

/// <summary>Takes the words of a text, in order. A struct, so that each splitting loop is compiled for its sink.</summary>
internal interface IWordSink
{
    /// <summary>False lets the splitter skip all bookkeeping of places; spans are then empty.</summary>
    static abstract bool NeedsSpans { get; }

    /// <summary>
    /// A normalised word of at most <see cref="ElectraTokenizerOptions.MaxInputCharsPerWord"/> code points; <paramref name="spans"/> has the
    /// origin of each UTF-16 unit of it.
    /// </summary>
    void AddWord(ReadOnlySpan<char> word, ReadOnlySpan<TextSpan> spans);

    /// <summary>A longer word, which WordPiece does not try to spell.</summary>
    void AddOverlongWord(TextSpan span);

    /// <summary>An added token that stands in the text.</summary>
    void AddToken(int id, TextSpan span);
}

namespace Electra.Tokenization;

/// <summary>Cuts, frames and pads token lists: [CLS] a [SEP], or [CLS] a [SEP] b [SEP].</summary>
internal sealed class SequenceAssembler
{
    private readonly SpecialTokens _special;
    private readonly EncodingOptions _options;

    public SequenceAssembler(SpecialTokens special, EncodingOptions options)
    {
        (_special, _options) = (special, options);
        if (options.Padding == PaddingStrategy.MaxLength && options.MaxLength is null)
            throw new ArgumentException("padding to the maximum length needs EncodingOptions.MaxLength", nameof(options));
        if (options.MaxLength is <= 0)
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxLength, "EncodingOptions.MaxLength must be positive");
    }

    /// <summary>Cuts the lists in place where they are too long; returns the framed length, padding to the maximum included.</summary>
    public int Truncate(TracedTokens first, TracedTokens? second)
    {
        int secondLength = second?.Ids.Count ?? 0, framing = FramingLength(second is not null);
        int length = first.Ids.Count + secondLength + framing;
        int limit = _options.MaxLength ?? int.MaxValue;
        if (length <= limit) return _options.Padding == PaddingStrategy.MaxLength ? limit : length;
        if (_options.Truncation == TruncationStrategy.None) return length;
        if (framing > limit)
            throw new ArgumentException($"EncodingOptions.MaxLength {limit} leaves no room: the special tokens alone take {framing}");
        int excess = length - limit;
        int cutFirst = _options.Truncation switch
        {
            TruncationStrategy.OnlyFirst => excess,
            TruncationStrategy.OnlySecond => 0,
            _ when second is null => excess,
            _ => LongestFirstShare(first.Ids.Count, secondLength, excess),
        };
        if (second is null && cutFirst == 0) throw new ArgumentException("truncating only the second text needs a second text");
        Cut(first, cutFirst, "first");
        if (second is { } pair) Cut(pair, excess - cutFirst, "second");
        return limit;
    }

    /// <summary>Frames the cut lists and pads them to a length.</summary>
    public TokenizedText Assemble(TracedTokens first, TracedTokens? second, int length)
    {
        var row = new SequenceBuilder(length, _special.PadId);
        if (_options.AddSpecialTokens) row.AddFraming(_special.ClsId, typeId: 0);
        row.AddTokens(first, textIndex: 0);
        if (_options.AddSpecialTokens) row.AddFraming(_special.SepId, typeId: 0);
        if (second is not { } pair) return row.Build();
        row.AddTokens(pair, textIndex: 1);
        if (_options.AddSpecialTokens) row.AddFraming(_special.SepId, typeId: 1);
        return row.Build();
    }

    private int FramingLength(bool isPair) => !_options.AddSpecialTokens ? 0 : isPair ? 3 : 2;

    /// <summary>Level the longer text with the shorter, then take from both in turn, beginning with the second.</summary>
    private static int LongestFirstShare(int firstLength, int secondLength, int excess)
    {
        int fromLonger = Math.Min(excess, Math.Abs(firstLength - secondLength));
        int rest = excess - fromLonger;
        return (firstLength > secondLength ? fromLonger : 0) + (rest / 2);
    }

    private static void Cut(TracedTokens tokens, int count, string which)
    {
        if (count > tokens.Ids.Count)
        {
            throw new ArgumentException($"the {which} text has {tokens.Ids.Count} tokens but {count} would have to be cut; " +
                "raise EncodingOptions.MaxLength or use TruncationStrategy.LongestFirst");
        }

        int kept = tokens.Ids.Count - count;
        tokens.Ids.RemoveRange(kept, count);
        tokens.Offsets.RemoveRange(kept, count);
    }
}

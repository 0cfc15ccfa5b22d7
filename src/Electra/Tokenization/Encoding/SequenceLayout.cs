namespace Electra.Tokenization;

/// <summary>How much of each text a sequence holds: [CLS] a [SEP], or [CLS] a [SEP] b [SEP].</summary>
internal sealed class SequenceLayout
{
    private readonly EncodingOptions _options;

    public SequenceLayout(EncodingOptions options)
    {
        _options = options;
        if (options.Padding == PaddingStrategy.MaxLength && options.MaxLength is null)
            throw new ArgumentException("padding to the maximum length needs EncodingOptions.MaxLength", nameof(options));
        if (options.MaxLength is <= 0)
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxLength, "EncodingOptions.MaxLength must be positive");
    }

    /// <summary>Whether special tokens frame the texts.</summary>
    public bool IsFramed => _options.AddSpecialTokens;

    /// <summary>Fits texts of so many tokens.</summary>
    public SequenceFit Fit(int first, int? second)
    {
        int framing = !IsFramed ? 0 : second is null ? 2 : 3;
        int length = first + (second ?? 0) + framing;
        int limit = _options.MaxLength ?? int.MaxValue;
        if (length <= limit) return new(first, second, _options.Padding == PaddingStrategy.MaxLength ? limit : length);
        if (_options.Truncation == TruncationStrategy.None) return new(first, second, length);
        if (framing > limit)
            throw new ArgumentException($"EncodingOptions.MaxLength {limit} leaves no room: the special tokens alone take {framing}");
        int excess = length - limit;
        int cutFirst = _options.Truncation switch
        {
            TruncationStrategy.OnlyFirst => excess,
            TruncationStrategy.OnlySecond => 0,
            _ when second is null => excess,
            _ => LongestFirstShare(first, second.Value, excess),
        };
        if (second is null && cutFirst == 0) throw new ArgumentException("truncating only the second text needs a second text");
        return new(Cut(first, cutFirst, "first"), second is { } pair ? Cut(pair, excess - cutFirst, "second") : null, limit);
    }

    /// <summary>Level the longer text with the shorter, then take from both alike; of an odd number of tokens that are left the longer text keeps one more, of equal ones the second.</summary>
    private static int LongestFirstShare(int first, int second, int excess)
    {
        int fromLonger = Math.Min(excess, Math.Abs(first - second));
        int rest = excess - fromLonger;
        return first > second ? fromLonger + (rest / 2) : rest - (rest / 2);
    }

    private static int Cut(int tokens, int count, string which) => count <= tokens ? tokens - count : throw new ArgumentException(
        $"the {which} text has {tokens} tokens but {count} would have to be cut; " +
        "raise EncodingOptions.MaxLength or use TruncationStrategy.LongestFirst");
}

namespace Electra.Data;

/// <summary>
/// Cuts the text into consecutive windows, each [CLS] text [SEP] or, by a share of them, [CLS] text [SEP] text [SEP], cut in its middle half with token
/// types 0 and 1; every token of the corpus is in exactly one example of an epoch.
/// Joined documents: one run of text with a [SEP] after each document, full windows, only the last one padded; in later epochs the
/// windows start at other places. Documents apart: each cut into as few windows as hold it, of nearly equal size, padded.
/// </summary>
internal sealed class ContiguousPacker : IExamplePacker
{
    private readonly TokenCorpus _corpus;
    private readonly ShardVocabulary _vocabulary;
    private readonly int _window;
    private readonly double _secondSegmentShare;
    private readonly long _seed;
    private readonly long _runLength;
    private readonly long[]? _examplesBefore;

    /// <summary>A packer over a corpus.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="vocabulary">Gives the ids of [CLS], [SEP] and [PAD].</param>
    /// <param name="sequenceLength">The positions of an example, at least 3.</param>
    /// <param name="joinDocuments">Whether a window may go on into the next document.</param>
    /// <param name="seed">Decides where the windows of the second and later epochs start, and where windows are cut.</param>
    /// <param name="secondSegmentShare">The share of the examples that have a second segment; from 0 to 1.</param>
    public ContiguousPacker(
        TokenCorpus corpus, ShardVocabulary vocabulary, int sequenceLength, bool joinDocuments = true, long seed = 0, double secondSegmentShare = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequenceLength, secondSegmentShare > 0 ? 5 : 3);
        (_corpus, _vocabulary, _seed, _secondSegmentShare) = (corpus, vocabulary, seed, secondSegmentShare);
        _window = sequenceLength - (secondSegmentShare > 0 && !joinDocuments ? 3 : 2);
        _runLength = corpus.TokenCount + corpus.DocumentCount;
        if (joinDocuments)
        {
            ExampleCount = CountJoined();
        }
        else
        {
            _examplesBefore = new long[corpus.DocumentCount + 1];
            for (int i = 0; i < corpus.DocumentCount; i++) _examplesBefore[i + 1] = _examplesBefore[i] + WindowsOf(corpus.TokensIn(i));
            ExampleCount = _examplesBefore[^1];
        }

        Report = new PackingReport(corpus.TokenCount, corpus.TokenCount, ExampleCount, sequenceLength);
    }

    /// <inheritdoc/>
    public long ExampleCount { get; }

    /// <inheritdoc/>
    public bool HasSegments => _secondSegmentShare > 0;

    /// <inheritdoc/>
    public PackingReport Report { get; }

    /// <inheritdoc/>
    public int Fill(long epoch, long example, Span<long> inputIds, Span<long> tokenTypeIds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(example);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(example, ExampleCount);
        tokenTypeIds.Clear();
        inputIds[0] = _vocabulary.ClsId;
        int length = _examplesBefore is null ? FillJoined(epoch, example, inputIds[1..]) : FillApart(example, inputIds[1..]);
        if (HasSecondSegment(example) && length >= 4) length = Cut(epoch, example, inputIds, tokenTypeIds, length);
        inputIds[length + 1] = _vocabulary.SepId;
        inputIds[(length + 2)..].Fill(_vocabulary.PadId);
        return length + 2;
    }

    // Examples with two segments come at even distances: how many there are before an example is then known without counting. The order is shuffled later.
    private long PairsBefore(long example) => (long)Math.Floor(example * _secondSegmentShare);

    private bool HasSecondSegment(long example) => PairsBefore(example + 1) > PairsBefore(example);

    // What the separator of a second segment takes from the window.
    private long JoinedBefore(long example) => (example * _window) - PairsBefore(example);

    private long CountJoined()
    {
        long count = (long)(_runLength / (_window - _secondSegmentShare));
        while (JoinedBefore(count) < _runLength) count++;
        while (count > 0 && JoinedBefore(count - 1) >= _runLength) count--;
        return count;
    }

    /// <summary>Puts a separator into the middle half of the text behind [CLS], and types 1 behind it; gives the new length.</summary>
    private int Cut(long epoch, long example, Span<long> inputIds, Span<long> tokenTypeIds, int length)
    {
        int first = (length / 4) + new SeededRandom(_seed, epoch, example).Next(length - (2 * (length / 4)));
        Span<long> text = inputIds.Slice(1, length + 1);
        text[first..length].CopyTo(text[(first + 1)..]);
        text[first] = _vocabulary.SepId;
        if (tokenTypeIds.Length > 0) tokenTypeIds[(first + 2)..(length + 3)].Fill(1);
        return length + 1;
    }

    private int FillJoined(long epoch, long example, Span<long> window)
    {
        long offset = JoinedBefore(example);
        int length = (int)(Math.Min(JoinedBefore(example + 1), _runLength) - offset);
        // The run is a ring: shifting all windows loses nothing, and the last ones take what lies before the first.
        long shift = epoch == 0 ? 0 : new SeededRandom(_seed, epoch).Next(_window);
        long position = (offset + shift) % _runLength;
        int document = DocumentAt(position);
        int within = (int)(position - _corpus.TokensBefore(document) - document);
        for (int filled = 0; filled < length;)
        {
            int take = Math.Min(length - filled, _corpus.TokensIn(document) - within);
            if (take > 0) _corpus.CopyTokens(document, within, window.Slice(filled, take));
            filled += take;
            if (filled < length) window[filled++] = _vocabulary.SepId;
            (document, within) = ((document + 1) % _corpus.DocumentCount, 0);
        }

        return length;
    }

    private int FillApart(long example, Span<long> window)
    {
        int found = Array.BinarySearch(_examplesBefore!, example);
        int document = found >= 0 ? found : ~found - 1;
        long part = example - _examplesBefore![document];
        int tokens = _corpus.TokensIn(document);
        int parts = WindowsOf(tokens);
        int start = (int)(tokens * part / parts);
        int length = (int)(tokens * (part + 1) / parts) - start;
        _corpus.CopyTokens(document, start, window[..length]);
        return length;
    }

    private int WindowsOf(int tokens) => (int)(((long)tokens + _window - 1) / _window);

    /// <summary>The document that holds a position of the run; a document's [SEP] belongs to it.</summary>
    private int DocumentAt(long position)
    {
        (int low, int high) = (0, _corpus.DocumentCount - 1);
        while (low < high)
        {
            int middle = (int)(((long)low + high + 1) / 2);
            if (_corpus.TokensBefore(middle) + middle <= position) low = middle;
            else high = middle - 1;
        }

        return low;
    }
}

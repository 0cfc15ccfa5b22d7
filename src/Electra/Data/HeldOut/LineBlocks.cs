namespace Electra.Data;

/// <summary>
/// Long documents, cut between lines into blocks. The places of the cuts follow from the lines around them, so that text which is there twice is
/// cut alike, wherever it stands. Reads all of these documents when it is made and once more for <see cref="CountLines"/>.
/// </summary>
internal sealed class LineBlocks
{
    private const ulong RankSalt = 0x424C4F434B52414E;
    private const ulong CutSalt = 0x424C4F434B435554;
    private const int TokensAtOnce = 1 << 13;

    private readonly TokenCorpus _corpus;
    private readonly IReadOnlyList<int> _documents;
    private readonly Dictionary<ulong, int> _occurrences = [];

    /// <summary>Cuts the documents.</summary>
    /// <param name="corpus">All documents.</param>
    /// <param name="documents">The numbers of those to cut.</param>
    /// <param name="blockTokens">About how many tokens a block has; a line is never cut.</param>
    public LineBlocks(TokenCorpus corpus, IReadOnlyList<int> documents, double blockTokens)
    {
        (_corpus, _documents) = (corpus, documents);
        var units = new List<HeldOutUnit>();
        double half = blockTokens / 2;
        foreach (int document in documents)
        {
            TextPart block = new(document, 0, 0, 0, 0);
            ulong hash = 0;
            foreach ((ulong line, int tokens) in Lines(Whole(document)))
            {
                hash = SeededRandom.Mix(hash ^ line);
                block = block with { Lines = block.Lines + 1, Tokens = block.Tokens + tokens };
                // A line is the last of its block by its content, the likelier the longer it is.
                bool cuts = SeededRandom.Mix(line ^ CutSalt) < tokens / half * ulong.MaxValue;
                if (block.Tokens < half || (!cuts && block.Tokens < 2 * blockTokens)) continue;
                Add();
            }

            if (block.Lines > 0) Add();

            void Add()
            {
                units.Add(new HeldOutUnit(SeededRandom.Mix(hash ^ RankSalt), document, 1, block.Tokens, IsWhole: false, block));
                (block, hash) = (new TextPart(document, block.Line + block.Lines, 0, block.Token + block.Tokens, 0), 0);
            }
        }

        Units = units;
    }

    /// <summary>The blocks, in order.</summary>
    public IReadOnlyList<HeldOutUnit> Units { get; }

    /// <summary>Counts how often each line of some blocks is in all these documents.</summary>
    public void CountLines(IEnumerable<HeldOutUnit> blocks)
    {
        _occurrences.Clear();
        foreach (HeldOutUnit block in blocks)
            foreach ((ulong line, _) in Lines(block.Lines!.Value)) _occurrences[line] = 0;
        if (_occurrences.Count == 0) return;
        foreach (int document in _documents)
        {
            foreach ((ulong line, _) in Lines(Whole(document)))
            {
                if (_occurrences.TryGetValue(line, out int count)) _occurrences[line] = count + 1;
            }
        }
    }

    /// <summary>
    /// The parts of counted blocks, all copies of one, whose lines are nowhere else in these documents: what can be held out without being
    /// trained on too.
    /// </summary>
    public IReadOnlyList<TextPart> Unrepeated(IReadOnlyList<HeldOutUnit> copies)
    {
        var within = new Dictionary<ulong, int>();
        foreach ((ulong line, _) in copies.SelectMany(copy => Lines(copy.Lines!.Value))) within[line] = within.GetValueOrDefault(line) + 1;
        var parts = new List<TextPart>();
        foreach (TextPart block in copies.Select(copy => copy.Lines!.Value))
        {
            TextPart part = block with { Lines = 0, Tokens = 0 };
            foreach ((ulong line, int tokens) in Lines(block))
            {
                if (_occurrences[line] == within[line])
                {
                    part = part with { Lines = part.Lines + 1, Tokens = part.Tokens + tokens };
                    continue;
                }

                if (part.Lines > 0) parts.Add(part);
                part = new TextPart(block.Document, part.Line + part.Lines + 1, 0, part.Token + part.Tokens + tokens, 0);
            }

            if (part.Lines > 0) parts.Add(part);
        }

        return parts;
    }

    private TextPart Whole(int document) => new(document, 0, _corpus.LinesIn(document), 0, _corpus.TokensIn(document));

    /// <summary>The hash and the length of each line of a part.</summary>
    private IEnumerable<(ulong Hash, int Tokens)> Lines(TextPart part)
    {
        var lengths = new List<int>();
        _corpus.CopyLineLengths(part, lengths);
        int end = part.Token + part.Tokens, read = part.Token;
        long[] ids = [];
        int at = 0;
        foreach (int length in lengths)
        {
            // Tokens are read many lines at a time, since each reading has a price of its own.
            if (at + length > ids.Length)
            {
                read -= ids.Length - at;
                ids = new long[Math.Min(end - read, Math.Max(length, TokensAtOnce))];
                _corpus.CopyTokens(part.Document, read, ids);
                (read, at) = (read + ids.Length, 0);
            }

            ulong hash = (ulong)length;
            foreach (long id in ids.AsSpan(at, length)) hash = SeededRandom.Mix(hash ^ (ulong)id);
            at += length;
            yield return (hash, length);
        }
    }
}

namespace Electra.Data;

/// <summary>The units that a corpus is made of, in the order in which they are held out.</summary>
/// <param name="corpus">All documents.</param>
/// <param name="longest">A document of more tokens is no unit; its pieces are, or else the blocks that they are cut into.</param>
/// <param name="blockTokens">About the tokens of a block.</param>
internal sealed class HeldOutUnits(TokenCorpus corpus, long longest, double blockTokens)
{
    // Separates this use of the content hash from any other.
    private const ulong Salt = 0x48454C444F5554;
    private LineBlocks? _blocks;

    /// <summary>The units with the lowest ranks, in order of rank. One pass over the documents, and over the lines of the long ones.</summary>
    /// <param name="share">About the share of all units that is wanted; 1: all.</param>
    public List<HeldOutUnit> Lowest(double share)
    {
        var units = new List<HeldOutUnit>();
        var longer = new List<int>();
        foreach (HeldOutUnit unit in Documents())
        {
            if (unit.Tokens > longest) longer.Add(unit.Document);
            else if (IsLow(unit)) units.Add(unit);
        }

        _blocks ??= new LineBlocks(corpus, longer, blockTokens);
        units.AddRange(_blocks.Units.Where(IsLow));
        units.Sort((one, other) => (one.Rank, one.Document, one.Lines?.Line).CompareTo((other.Rank, other.Document, other.Lines?.Line)));
        _blocks.CountLines(units.Where(unit => unit.Lines is not null));
        return units;

        bool IsLow(HeldOutUnit unit) => share >= 1 || unit.Rank < share * ulong.MaxValue;
    }

    /// <summary>The beginnings of equal blocks, so many lines as are nearest to this number of tokens, at least one.</summary>
    public List<HeldOutUnit> Shorten(List<HeldOutUnit> copies, double tokens)
    {
        var lengths = new List<int>();
        corpus.CopyLineLengths(copies[0].Lines!.Value, lengths);
        (int lines, int taken) = (1, lengths[0]);
        while (lines < lengths.Count && copies.Count * (taken + lengths[lines] / 2.0) <= tokens) taken += lengths[lines++];
        return [.. copies.Select(copy => copy with { Tokens = taken, Lines = copy.Lines!.Value with { Lines = lines, Tokens = taken } })];
    }

    /// <summary>What of equal blocks is nowhere else among the lines of long documents.</summary>
    public IReadOnlyList<TextPart> Unrepeated(IReadOnlyList<HeldOutUnit> copies) => _blocks!.Unrepeated(copies);

    /// <summary>Whole documents, and the pieces of those that are too long.</summary>
    private IEnumerable<HeldOutUnit> Documents()
    {
        var pieces = new List<ulong>();
        int first = 0;
        foreach (ulong hash in corpus.ContentHashes)
        {
            // A copy behind its original has the same hash, a further piece only the same lower half.
            if (pieces.Count > 0 && ((uint)hash != (uint)pieces[0] || hash == pieces[0]))
            {
                foreach (HeldOutUnit unit in Units(first, pieces)) yield return unit;
                first += pieces.Count;
                pieces.Clear();
            }

            pieces.Add(hash);
        }

        foreach (HeldOutUnit unit in Units(first, pieces)) yield return unit;
    }

    private IEnumerable<HeldOutUnit> Units(int first, List<ulong> pieces)
    {
        long tokens = corpus.TokensBefore(first + pieces.Count) - corpus.TokensBefore(first);
        if (tokens <= longest || pieces.Count == 1)
        {
            yield return new HeldOutUnit(SeededRandom.Mix(pieces[0] ^ Salt), first, pieces.Count, tokens, IsWhole: true);
            yield break;
        }

        for (int i = 0; i < pieces.Count; i++)
            yield return new HeldOutUnit(SeededRandom.Mix(pieces[i] ^ Salt), first + i, 1, corpus.TokensIn(first + i), IsWhole: false);
    }
}

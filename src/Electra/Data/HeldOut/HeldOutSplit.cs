namespace Electra.Data;

/// <summary>
/// Parts text into what is trained on and what is held out, by its content alone: the split is the same whatever the seed, the length or
/// the order of the corpus, and copies of one text are never parted. Documents are held out whole, unless they are so long that no few of
/// them would be the share that is wanted; then blocks of lines are.
/// </summary>
internal sealed class HeldOutSplit
{
    private const int FewTokens = 512;
    private const int SomeLines = 256;
    private const double NearEnough = 255.0 / 256;

    private readonly TokenCorpus _all;
    private readonly HeldOutUnits _units;
    private readonly List<HeldOutUnit> _chosen = [];
    private readonly List<TextPart> _parts = [];

    private HeldOutSplit(TokenCorpus all, HeldOutUnits units) => (_all, _units) = (all, units);

    /// <summary>The tokens held out.</summary>
    public long Tokens { get; private set; }

    /// <summary>The tokens of the smallest text that could have been held out alone; 0 when there is none.</summary>
    public long Smallest { get; private set; }

    /// <summary>Holds out a share of the tokens, as nearly as units allow.</summary>
    public static HeldOutSplit ByShare(TokenCorpus all, double share)
    {
        double target = share * all.TokenCount;
        // Documents are short beside what is held out, or they are a few sentences anyway; blocks are long enough to be text.
        double longest = Math.Max(target / 8, Math.Min(target, FewTokens)), block = Math.Max(target / 16, Math.Min(2 * target, SomeLines));
        var split = new HeldOutSplit(all, new HeldOutUnits(all, (long)longest, block));
        if (share > 0) split.Choose(share, target, tokens => tokens < 2 * (target - split.Tokens), () => split.Tokens >= NearEnough * target);
        // The smallest share of a short text may be more than was asked for.
        double most = Math.Min(FewTokens, all.TokenCount / 10.0);
        if (share > 0 && split.Tokens == 0) split.Choose(1, target, tokens => tokens <= most, () => split.Tokens > 0);
        return split;
    }

    /// <summary>Holds out this many documents, and copies of them.</summary>
    public static HeldOutSplit ByCount(TokenCorpus all, int count)
    {
        var split = new HeldOutSplit(all, new HeldOutUnits(all, long.MaxValue, 0));
        if (count > 0) split.Choose((double)count / Math.Max(1, all.DocumentCount), 0, _ => true, () => split._chosen.Count >= count);
        return split;
    }

    /// <summary>What is trained on and what is held out.</summary>
    public (TokenCorpus Training, TokenCorpus HeldOut, HeldOutReport Report) Apply()
    {
        HeldOutUnit[] whole = [.. _chosen.Where(unit => unit.Lines is null).OrderBy(unit => unit.Document)];
        ILookup<int, TextPart> blocks = _chosen.Where(unit => unit.Lines is not null).Select(unit => unit.Lines!.Value)
            .OrderBy(block => block.Line).ToLookup(block => block.Document);
        TextPart[] remains = [.. blocks.OrderBy(document => document.Key).SelectMany(document => Remains(document.Key, document))];
        TextPart[] held = [.. _parts.OrderBy(part => part.Document).ThenBy(part => part.Line)];

        int wholeCount = whole.Sum(unit => unit.Documents);
        var training = new int[_all.DocumentCount - wholeCount - blocks.Count + remains.Length];
        var heldOut = new int[wholeCount + held.Length];
        (int t, int h, int unit, int r, int p) = (0, 0, 0, 0, 0);
        for (int document = 0; document < _all.DocumentCount; document++)
        {
            while (unit < whole.Length && whole[unit].Document + whole[unit].Documents <= document) unit++;
            if (unit < whole.Length && whole[unit].Document <= document) heldOut[h++] = document;
            else if (!blocks.Contains(document)) training[t++] = document;
            for (; r < remains.Length && remains[r].Document == document; r++) training[t++] = ~r;
            for (; p < held.Length && held[p].Document == document; p++) heldOut[h++] = ~p;
        }

        int documents = whole.Count(unit => unit.IsWhole);
        double fraction = _all.TokenCount == 0 ? 0 : (double)Tokens / _all.TokenCount;
        var report = new HeldOutReport(documents, whole.Length - documents + held.Length, Tokens, fraction);
        return (_all.Select(training, remains), _all.Select(heldOut, held), report);
    }

    /// <summary>Takes units in the order of their ranks, copies together.</summary>
    /// <param name="share">About the share of all units that will do; more are looked at when it does not.</param>
    /// <param name="target">Of a block not more is taken than leads to so many tokens.</param>
    /// <param name="fits">Whether so many tokens are to be taken.</param>
    /// <param name="isDone">Whether enough was taken.</param>
    private void Choose(double share, double target, Func<long, bool> fits, Func<bool> isDone)
    {
        for (double looked = 4 * share; ; looked *= 8)
        {
            _chosen.Clear();
            _parts.Clear();
            Tokens = 0;
            List<HeldOutUnit> units = _units.Lowest(looked);
            for (int i = 0; i < units.Count && !isDone();)
            {
                int next = units.FindIndex(i, unit => unit.Rank != units[i].Rank);
                List<HeldOutUnit> copies = units[i..(next < 0 ? units.Count : next)];
                i += copies.Count;
                Take(copies, target - Tokens, fits);
            }

            if (isDone() || looked >= 1) return;
        }
    }

    private void Take(List<HeldOutUnit> copies, double wanted, Func<long, bool> fits)
    {
        bool isBlock = copies[0].Lines is not null;
        if (isBlock) copies = _units.Shorten(copies, wanted);
        long all = copies.Sum(copy => copy.Tokens);
        IReadOnlyList<TextPart> parts = isBlock ? _units.Unrepeated(copies) : [];
        long tokens = isBlock ? parts.Sum(part => (long)part.Tokens) : all;
        // Less than half of the lines are not text any more.
        if (2 * tokens < all) return;
        Smallest = Smallest == 0 ? all : Math.Min(Smallest, all);
        if (!fits(tokens)) return;
        _chosen.AddRange(copies);
        _parts.AddRange(parts);
        Tokens += tokens;
    }

    /// <summary>What is left of a document without some blocks of it.</summary>
    private IEnumerable<TextPart> Remains(int document, IEnumerable<TextPart> blocks)
    {
        var end = new TextPart(document, _all.LinesIn(document), 0, _all.TokensIn(document), 0);
        (int line, int token) = (0, 0);
        foreach (TextPart block in blocks.Append(end))
        {
            if (block.Line > line) yield return new TextPart(document, line, block.Line - line, token, block.Token - token);
            (line, token) = (block.Line + block.Lines, block.Token + block.Tokens);
        }
    }
}

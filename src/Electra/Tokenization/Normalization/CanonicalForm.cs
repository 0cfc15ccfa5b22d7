namespace Electra.Tokenization;

/// <summary>
/// Unicode canonical decomposition (NFD) that keeps track of where each code point came from. Own tables, because
/// <see cref="string.Normalize()"/> silently returns its input on machines in invariant-globalisation mode (the usual setting in small
/// containers), knows another version of Unicode than Hugging Face's engine and does not say which input produced which output.
/// </summary>
internal static class CanonicalForm
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int VowelCount = 21, TrailCount = 28, SyllableCount = 19 * VowelCount * TrailCount;

    /// <summary>The canonical combining class: 0 for starters.</summary>
    public static int CombiningClass(int codePoint) =>
        codePoint < 0x300 ? 0 : UnicodeTables.CombiningClasses.GetValueOrDefault(codePoint);

    /// <summary>Appends the full canonical decomposition of one code point, without reordering.</summary>
    public static void AppendDecomposition(TracedRune rune, List<TracedRune> destination)
    {
        int syllable = rune.Value - HangulBase;
        if (syllable is >= 0 and < SyllableCount)
        {
            destination.Add(rune with { Value = LeadBase + (syllable / (VowelCount * TrailCount)) });
            destination.Add(rune with { Value = VowelBase + (syllable / TrailCount % VowelCount) });
            if (syllable % TrailCount != 0) destination.Add(rune with { Value = TrailBase + (syllable % TrailCount) });
        }
        else if (rune.Value >= 0xC0 && UnicodeTables.Decompositions.TryGetValue(rune.Value, out int[]? parts))
        {
            foreach (int part in parts) destination.Add(rune with { Value = part });
        }
        else
        {
            destination.Add(rune);
        }
    }

    /// <summary>
    /// Normalisation form D: decomposed, each run of combining marks in the order of their classes. Spans keep the order of the text,
    /// as in Hugging Face's engine: where marks change places, the first one then spans what stood first.
    /// </summary>
    public static List<TracedRune> Decompose(List<TracedRune> source)
    {
        var result = new List<TracedRune>(source.Count + 8);
        var isFirst = new List<bool>(source.Count + 8); // of the parts of its source
        foreach (TracedRune rune in source)
        {
            isFirst.Add(true);
            AppendDecomposition(rune, result);
            while (isFirst.Count < result.Count) isFirst.Add(false);
        }

        if (!OrderMarks(result, isFirst)) return result;
        for (int i = 0, next = 0; i < result.Count; i++)
        {
            if (isFirst[i]) next++;
            result[i] = result[i] with { Span = source[next - 1].Span };
        }

        return result;
    }

    private static bool OrderMarks(List<TracedRune> runes, List<bool> isFirst)
    {
        bool isReordered = false;
        for (int start = 0, end; start < runes.Count; start = end + 1)
        {
            bool isOrdered = true;
            int last = 0;
            for (end = start; end < runes.Count && CombiningClass(runes[end].Value) is > 0 and var markClass; end++)
            {
                isOrdered &= markClass >= last;
                last = markClass;
            }

            if (isOrdered) continue;
            // marks of one class keep their order
            (TracedRune Rune, bool IsFirst)[] run = [.. Enumerable.Range(start, end - start)
                .OrderBy(i => CombiningClass(runes[i].Value)).Select(i => (runes[i], isFirst[i]))];
            for (int i = 0; i < run.Length; i++) (runes[start + i], isFirst[start + i]) = run[i];
            isReordered = true;
        }

        return isReordered;
    }
}

using System.IO.Compression;

namespace Electra.Tokenization;

/// <summary>
/// Unicode canonical decomposition (NFD) and composition (NFC) that keep track of where each code point came from. Own tables, because
/// <see cref="string.Normalize()"/> silently returns its input on machines in invariant-globalisation mode (the usual setting in small
/// containers) and does not say which input produced which output.
/// </summary>
internal static class CanonicalForm
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28, SyllableCount = LeadCount * VowelCount * TrailCount;

    private static readonly Dictionary<int, (int First, int Second)> Decompositions = [];
    private static readonly Dictionary<(int First, int Second), int> Compositions = [];
    private static readonly HashSet<int> ComposableSeconds = [];
    private static readonly Dictionary<int, byte> CombiningClasses = [];

    static CanonicalForm()
    {
        using var packed = new MemoryStream(Convert.FromBase64String(CanonicalFormData.Packed));
        using var inflated = new BufferedStream(new DeflateStream(packed, CompressionMode.Decompress));
        using var reader = new BinaryReader(inflated);
        int codePoint = 0;
        for (int remaining = reader.Read7BitEncodedInt(); remaining > 0; remaining--)
        {
            int step = reader.Read7BitEncodedInt();
            codePoint += step >> 1;
            (int, int) pair = (reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt());
            Decompositions.Add(codePoint, pair);
            if ((step & 1) == 0) continue;
            Compositions.Add(pair, codePoint);
            ComposableSeconds.Add(pair.Item2);
        }

        codePoint = 0;
        for (int remaining = reader.Read7BitEncodedInt(); remaining > 0; remaining--)
            CombiningClasses.Add(codePoint += reader.Read7BitEncodedInt(), reader.ReadByte());
    }

    /// <summary>The canonical combining class: 0 for starters.</summary>
    public static int CombiningClass(int codePoint) => codePoint < 0x300 ? 0 : CombiningClasses.GetValueOrDefault(codePoint);

    /// <summary>True when NFC leaves this code point alone whatever stands beside it (NFC_Quick_Check = Yes and a starter).</summary>
    public static bool IsInertUnderComposition(int codePoint)
    {
        if (codePoint < 0x300) return true;
        if (CombiningClasses.ContainsKey(codePoint) || ComposableSeconds.Contains(codePoint)) return false;
        if (codePoint is >= VowelBase and < VowelBase + VowelCount or > TrailBase and < TrailBase + TrailCount) return false;
        return !Decompositions.TryGetValue(codePoint, out (int, int) pair) || Compositions.ContainsKey(pair);
    }

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
        else if (rune.Value >= 0xC0 && Decompositions.TryGetValue(rune.Value, out (int First, int Second) pair))
        {
            AppendDecomposition(rune with { Value = pair.First }, destination);
            if (pair.Second != 0) AppendDecomposition(rune with { Value = pair.Second }, destination);
        }
        else
        {
            destination.Add(rune);
        }
    }

    /// <summary>Normalisation form D: decomposed, each run of combining marks in the order of their classes.</summary>
    public static List<TracedRune> Decompose(List<TracedRune> source)
    {
        var result = new List<TracedRune>(source.Count + 8);
        foreach (TracedRune rune in source) AppendDecomposition(rune, result);
        for (int i = 1; i < result.Count; i++)
        {
            TracedRune mark = result[i];
            int markClass = CombiningClass(mark.Value);
            if (markClass == 0) continue;
            int place = i;
            for (; place > 0 && CombiningClass(result[place - 1].Value) > markClass; place--) result[place] = result[place - 1];
            result[place] = mark;
        }

        return result;
    }

    /// <summary>Normalisation form C; a composed code point spans everything it was made of.</summary>
    public static List<TracedRune> Compose(List<TracedRune> source)
    {
        List<TracedRune> decomposed = Decompose(source);
        var result = new List<TracedRune>(decomposed.Count);
        int starter = -1, lastClass = 0;
        foreach (TracedRune rune in decomposed)
        {
            int runeClass = CombiningClass(rune.Value);
            bool isBlocked = starter < 0 || (result.Count - 1 > starter && lastClass >= runeClass);
            if (!isBlocked && TryComposePair(result[starter].Value, rune.Value, out int composed))
            {
                TextSpan first = result[starter].Span;
                result[starter] = new(composed, new(Math.Min(first.Start, rune.Span.Start), Math.Max(first.End, rune.Span.End)));
                continue;
            }

            if (runeClass == 0) starter = result.Count;
            lastClass = runeClass;
            result.Add(rune);
        }

        return result;
    }

    private static bool TryComposePair(int first, int second, out int composed)
    {
        int lead = first - LeadBase, vowel = second - VowelBase, syllable = first - HangulBase, trail = second - TrailBase;
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
            composed = HangulBase + (((lead * VowelCount) + vowel) * TrailCount);
        else if (syllable is >= 0 and < SyllableCount && syllable % TrailCount == 0 && trail is > 0 and < TrailCount)
            composed = first + trail;
        else
            return Compositions.TryGetValue((first, second), out composed);
        return true;
    }
}

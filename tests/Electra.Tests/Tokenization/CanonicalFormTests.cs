using System.Text;
using CsCheck;
using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

public class CanonicalFormTests
{
    private static readonly bool PlatformNormalises = "\u00E9".Normalize(NormalizationForm.FormD).Length == 2;

    [SkippableFact]
    public void Every_code_point_of_Unicode_9_decomposes_as_on_this_platform()
    {
        Skip.IfNot(PlatformNormalises, "this platform has no Unicode normalisation of its own (invariant globalisation)");
        var differing = new List<string>();
        for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            bool isNoncharacter = (codePoint & 0xFFFE) == 0xFFFE; // the platform refuses these
            if (!Rune.IsValid(codePoint) || isNoncharacter) continue;
            string text = new Rune(codePoint).ToString();
            if (text.Normalize(NormalizationForm.FormD) != Text(CanonicalForm.Decompose(Runes(text)))) differing.Add($"{codePoint:X}");
        }

        // what later versions of Unicode gave a decomposition; none of it was assigned in Unicode 9
        string[] later = ["11938", "105C9", "105E4", "11383", "11385", "1138E", "11391", "113C5", "113C7", "113C8", "16121", "16122",
            "16123", "16124", "16125", "16126", "16127", "16128", "16D68", "16D69", "16D6A"];
        Assert.Empty(differing.Except(later));
    }

    [SkippableFact]
    public void Sequences_of_marks_are_ordered_as_on_this_platform()
    {
        Skip.IfNot(PlatformNormalises, "this platform has no Unicode normalisation of its own (invariant globalisation)");
        Gen<int> codePoint = Gen.OneOf(
            Gen.Int['A', 0x24F], Gen.Int[0x300, 0x36F], Gen.Int[0x370, 0x45F], Gen.Int[0x591, 0x5C7], Gen.Int[0x64B, 0x670],
            Gen.Int[0x93C, 0x9D7], Gen.Int[0xB47, 0xBD7],
            Gen.Int[0x1100, 0x11FF], Gen.Int[0x1DC0, 0x1DF5], Gen.Int[0x1E00, 0x1FFF], Gen.Int[0x3040, 0x30FF],
            Gen.Int[0xAC00, 0xAC40], Gen.Int[0x1D15E, 0x1D1AD], Gen.Int[0x11099, 0x110BA]);
        codePoint.Array[1, 8].Sample(codePoints =>
        {
            string text = string.Concat(codePoints.Select(value => new Rune(value).ToString()));
            Assert.Equal(text.Normalize(NormalizationForm.FormD), Text(CanonicalForm.Decompose(Runes(text))));
        }, iter: 20_000, threads: 1);
    }

    [Theory]
    [InlineData("é", "e\u0301")]
    [InlineData("ệ", "e\u0323\u0302")]
    [InlineData("\u212B", "A\u030A")]
    [InlineData("각", "\u1100\u1161\u11A8")]
    [InlineData("가", "\u1100\u1161")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("a\u0308\u0323b\u0301\u0327\u0334", "a\u0323\u0308b\u0334\u0327\u0301")]
    [InlineData("\u0301\u0300", "\u0301\u0300")]
    public void Text_is_decomposed_and_its_marks_are_ordered(string text, string expected) =>
        Assert.Equal(expected, Text(CanonicalForm.Decompose(Runes(text))));

    [Fact]
    public void Spans_keep_the_order_of_the_text_where_marks_change_places()
    {
        List<TracedRune> decomposed = CanonicalForm.Decompose(Runes("xé\u0323y"));
        Assert.Equal([new('x', new(0, 1)), new('e', new(1, 2)), new(0x323, new(2, 3)), new(0x301, new(2, 3)), new('y', new(3, 4))], decomposed);
    }

    [Fact]
    public void A_long_run_of_marks_is_ordered_in_reasonable_time()
    {
        // a million marks, the worst way round: minutes if every pair were compared
        string text = string.Concat(Enumerable.Repeat("\u0301\u0323", 500_000));
        Assert.Equal(new string('\u0323', 500_000) + new string('\u0301', 500_000), Text(CanonicalForm.Decompose(Runes(text))));
    }

    private static List<TracedRune> Runes(string text)
    {
        var runes = new List<TracedRune>();
        int start = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            runes.Add(new(rune.Value, new(start, start + rune.Utf16SequenceLength)));
            start += rune.Utf16SequenceLength;
        }

        return runes;
    }

    private static string Text(List<TracedRune> runes) => string.Concat(runes.Select(rune => new Rune(rune.Value).ToString()));
}

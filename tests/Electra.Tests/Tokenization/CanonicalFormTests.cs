using System.Text;
using CsCheck;
using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

public class CanonicalFormTests
{
    private static readonly bool PlatformNormalises = "\u00E9".Normalize(NormalizationForm.FormD).Length == 2;

    [SkippableFact]
    public void Every_code_point_decomposes_and_composes_as_on_this_platform()
    {
        Skip.IfNot(PlatformNormalises, "this platform has no Unicode normalisation of its own (invariant globalisation)");
        for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            bool isNoncharacter = (codePoint & 0xFFFE) == 0xFFFE; // the platform refuses these
            if (!Rune.IsValid(codePoint) || isNoncharacter) continue;
            string text = new Rune(codePoint).ToString();
            Assert.Equal(text.Normalize(NormalizationForm.FormD), Text(CanonicalForm.Decompose(Runes(text))));
            Assert.Equal(text.Normalize(NormalizationForm.FormC), Text(CanonicalForm.Compose(Runes(text))));
        }
    }

    [SkippableFact]
    public void Sequences_of_marks_are_ordered_and_composed_as_on_this_platform()
    {
        Skip.IfNot(PlatformNormalises, "this platform has no Unicode normalisation of its own (invariant globalisation)");
        Gen<int> codePoint = Gen.OneOf(
            Gen.Int['A', 0x24F], Gen.Int[0x300, 0x36F], Gen.Int[0x370, 0x45F], Gen.Int[0x591, 0x5C7], Gen.Int[0x64B, 0x670],
            Gen.Int[0x93C, 0x9D7], Gen.Int[0xB47, 0xBD7],
            Gen.Int[0x1100, 0x11FF], Gen.Int[0x1DC0, 0x1FFF], Gen.Int[0x3040, 0x30FF],
            Gen.Int[0xAC00, 0xAC40], Gen.Int[0x1D15E, 0x1D1AD], Gen.Int[0x11099, 0x110BA]);
        codePoint.Array[1, 8].Sample(codePoints =>
        {
            string text = string.Concat(codePoints.Select(value => new Rune(value).ToString()));
            Assert.Equal(text.Normalize(NormalizationForm.FormD), Text(CanonicalForm.Decompose(Runes(text))));
            Assert.Equal(text.Normalize(NormalizationForm.FormC), Text(CanonicalForm.Compose(Runes(text))));
        }, iter: 20_000, threads: 1);
    }

    [Fact]
    public void Composition_spans_all_that_was_composed()
    {
        List<TracedRune> composed = CanonicalForm.Compose(Runes("xe\u0323\u0302y"));
        Assert.Equal([new('x', new(0, 1)), new('\u1EC7', new(1, 4)), new('y', new(4, 5))], composed);
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

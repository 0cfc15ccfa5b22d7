using Electra.Pretraining;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>Whole words and spans, beside a second way of drawing them: row by row, on lists.</summary>
public class UnitDrawTests
{
    private const int Words = 400, MaskId = 4, Rows = 300, Length = 64;
    private static readonly int[] Special = [0, 2, 3, 4];

    // Three of ten tokens continue a word.
    private static readonly bool[] Continues = [.. Enumerable.Range(0, Words).Select(id => id > 4 && id % 10 < 3)];

    [Theory]
    [InlineData(MaskingUnit.WholeWord, 0.15)]
    [InlineData(MaskingUnit.WholeWord, 0.03)] // 2 of 64: many a word is longer
    [InlineData(MaskingUnit.Span, 0.15)]
    [InlineData(MaskingUnit.Span, 0.5)]
    public void Units_are_drawn_as_lists_would_draw_them(MaskingUnit unit, double share)
    {
        using var scope = NewDisposeScope();
        var options = new MaskingOptions { Unit = unit, MaskProbability = share, MaskTokenFraction = 1 };
        using TokenMasker masker = Masker(options);
        (Tensor ids, Tensor mask) = Text();
        using StepRandomness draws = StepRandomness.Draw(1, Rows, Length, CPU);
        MaskedBatch masked = masker.Mask(ids, mask, null, draws);

        long[] text = ids.data<long>().ToArray(), attention = mask.data<long>().ToArray(), shown = masked.InputIds.data<long>().ToArray();
        float[] selection = draws.Selection.contiguous().data<float>().ToArray(), spans = draws.RandomWords.contiguous().data<float>().ToArray();
        int used = 0, cut = 0;
        for (int row = 0; row < Rows; row++)
        {
            Range range = (row * Length)..((row + 1) * Length);
            int wanted = Math.Max(1, (int)MathF.Round(attention[range].Sum() * (float)share, MidpointRounding.ToEven));
            List<int> expected = Expected(text[range], attention[range], selection[range], spans[range], wanted, unit, options.MeanSpanWords);
            int[] hidden = [.. Enumerable.Range(0, Length).Where(place => shown[range][place] == MaskId && text[range][place] != MaskId)];
            Assert.Equal(expected.Order(), hidden);
            (used, cut) = (used + hidden.Length, cut + wanted - hidden.Length);
        }

        Assert.Equal(used, masked.MaskedWeights.sum().item<float>());
        Assert.InRange((double)cut / used, 0, 0.12); // what the last word's end would have gone beyond
    }

    [Fact]
    public void Spans_are_longer_than_words_and_as_long_as_asked_for()
    {
        double words = WordsInARow(new MaskingOptions { Unit = MaskingUnit.WholeWord }), spans = WordsInARow(new MaskingOptions { Unit = MaskingUnit.Span });
        double longer = WordsInARow(new MaskingOptions { Unit = MaskingUnit.Span, MeanSpanWords = 6 });
        Assert.InRange(words, 1, 1.4); // 15 %: sometimes two are neighbours by chance
        Assert.InRange(spans, 2.5, 3.8);
        Assert.InRange(longer, spans + 1, 7);
    }

    [Fact]
    public void Whole_words_need_to_know_the_vocabulary_and_google_draws_none()
    {
        var options = new MaskingOptions { Unit = MaskingUnit.WholeWord };
        Assert.Contains("Write them again", Assert.Throws<ArgumentException>(() => new TokenMasker(options, Words, MaskId, Special, CPU)).Message, StringComparison.Ordinal);
        Assert.Contains("must be Token", Assert.Throws<ArgumentException>(() => Masker(options with { GoogleCompatible = true })).Message, StringComparison.Ordinal);
        Assert.Contains("MeanSpanWords", Assert.Throws<ArgumentException>(() => Masker(options with { MeanSpanWords = 0.5 })).Message, StringComparison.Ordinal);
    }

    private static TokenMasker Masker(MaskingOptions options) => new(options, Words, MaskId, Special, CPU, Continues);

    // [CLS] text [SEP] text [SEP] padding; what follows a special token may continue a word, as where text was cut.
    private static (Tensor Ids, Tensor Mask) Text()
    {
        using var generator = new Generator(3, CPU);
        Tensor ids = randint(5, Words, [Rows, Length], generator: generator), ends = randint(3, Length + 1, [Rows, 1], generator: generator);
        Tensor place = arange(Length).unsqueeze(0), mask = place.lt(ends).to(ScalarType.Int64);
        ids = ids.masked_fill(place.eq(0), 2).masked_fill(place.eq(ends.div(2, RoundingMode.floor)).logical_or(place.eq(ends.sub(1))), 3);
        return (ids.mul(mask), mask);
    }

    private static List<int> Expected(long[] text, long[] attention, float[] selection, float[] draws, int wanted, MaskingUnit unit, double meanWords)
    {
        var units = new List<List<List<int>>>(); // units of words of places
        bool isBeforeText = true;
        for (int place = 0; place < text.Length; place++)
        {
            if (attention[place] == 0 || Special.Contains((int)text[place]))
            {
                isBeforeText = true;
                continue;
            }

            bool beginsWord = isBeforeText || !Continues[text[place]];
            float left = draws[place] * 1024;
            if (isBeforeText || (beginsWord && (unit == MaskingUnit.WholeWord || left - MathF.Floor(left) < 1 / meanWords))) units.Add([]);
            if (beginsWord) units[^1].Add([]);
            units[^1][^1].Add(place);
            isBeforeText = false;
        }

        var taken = new List<int>();
        foreach (List<int> word in units.OrderByDescending(one => selection[one[0][0]]).SelectMany(one => one))
        {
            if (taken.Count == 0) taken.AddRange(word.Take(wanted));
            else if (taken.Count + word.Count <= wanted) taken.AddRange(word);
            else break;
        }

        return taken;
    }

    private static double WordsInARow(MaskingOptions options)
    {
        using var scope = NewDisposeScope();
        using TokenMasker masker = new(options with { MaskTokenFraction = 1 }, Words, MaskId, Special, CPU, new bool[Words]);
        using var generator = new Generator(5, CPU);
        using StepRandomness draws = StepRandomness.Draw(5, Rows, 256, CPU);
        Tensor hidden = masker.Mask(randint(5, Words, [Rows, 256], generator: generator), null, null, draws).InputIds.eq(MaskId);
        Tensor begins = hidden.narrow(1, 1, 255).logical_and(hidden.narrow(1, 0, 255).logical_not());
        return (double)hidden.sum().item<long>() / (begins.sum().item<long>() + hidden.narrow(1, 0, 1).sum().item<long>());
    }
}

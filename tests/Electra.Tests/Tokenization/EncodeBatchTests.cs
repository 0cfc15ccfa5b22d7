using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

public class EncodeBatchTests
{
    private readonly ElectraTokenizer _tokenizer = new(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##b", "the", "."]);

    public static TheoryData<bool, int?, TruncationStrategy, PaddingStrategy, bool> Options() => new()
    {
        { false, null, TruncationStrategy.LongestFirst, PaddingStrategy.None, true }, { true, null, TruncationStrategy.None, PaddingStrategy.Longest, true },
        { false, 17, TruncationStrategy.LongestFirst, PaddingStrategy.MaxLength, true }, { true, 17, TruncationStrategy.LongestFirst, PaddingStrategy.MaxLength, true },
        { true, 30, TruncationStrategy.LongestFirst, PaddingStrategy.Longest, false }, { false, 9, TruncationStrategy.None, PaddingStrategy.MaxLength, true },
        { false, 40, TruncationStrategy.OnlyFirst, PaddingStrategy.Longest, true },
    };

    // As the tests of Hugging Face's engine have it (tokenizers, truncation.rs: truncate_encodings_longest_first).
    [Theory]
    [InlineData(4, 4, 3, 4)]
    [InlineData(4, 8, 3, 4)]
    [InlineData(8, 8, 3, 4)]
    [InlineData(8, 4, 4, 3)]
    [InlineData(5, 1, 5, 1)]
    [InlineData(9, 2, 5, 2)]
    [InlineData(2, 9, 2, 5)]
    public void Of_two_long_texts_both_are_cut_and_the_longer_keeps_the_odd_token(int first, int second, int keptOfFirst, int keptOfSecond)
    {
        string Text(int tokens) => string.Join(' ', Enumerable.Repeat("the", tokens));
        TokenizedText cut = _tokenizer.Encode(Text(first), Text(second), new EncodingOptions { MaxLength = 7, AddSpecialTokens = false });
        Assert.Equal((keptOfFirst, keptOfSecond), (cut.TypeIds.Count(type => type == 0), cut.TypeIds.Count(type => type == 1)));
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void Every_row_is_what_its_text_alone_gives_padded_to_the_longest(
        bool withPairs, int? maxLength, TruncationStrategy truncation, PaddingStrategy padding, bool framed)
    {
        // enough text for many portions of work
        string[] texts = Texts(3_000, seed: 1), seconds = Texts(3_000, seed: 2);
        var options = new EncodingOptions { MaxLength = maxLength, Truncation = truncation, Padding = padding, AddSpecialTokens = framed };
        string[]? pairs = withPairs ? seconds : null;
        EncodedBatch batch = _tokenizer.EncodeBatch(texts, pairs, options);
        TokenizedText[] alone = [.. texts.Select((text, i) => _tokenizer.Encode(text, pairs?[i], options))];
        int length = alone.Max(text => text.Length);
        Assert.Equal((texts.Length, length), (batch.BatchSize, batch.SequenceLength));
        for (int i = 0; i < texts.Length; i++)
        {
            TokenizedText row = batch.Texts[i];
            Assert.Equal(Padded(alone[i].Ids, 0), batch.InputIds.AsSpan(i * length, length).ToArray());
            Assert.Equal(Padded(alone[i].TypeIds, 0), batch.TokenTypeIds.AsSpan(i * length, length).ToArray());
            Assert.Equal(Padded(alone[i].AttentionMask, 0), batch.AttentionMask.AsSpan(i * length, length).ToArray());
            Assert.Equal(batch.InputIds.AsSpan(i * length, length).ToArray(), row.Ids.Select(id => (long)id));
            Assert.Equal(batch.AttentionMask.AsSpan(i * length, length).ToArray(), row.AttentionMask.Select(value => (long)value));
            Assert.Equal(alone[i].Offsets, row.Offsets.Take(alone[i].Length));
            Assert.Equal(alone[i].TextIndices, row.TextIndices.Take(alone[i].Length));
        }

        long[] Padded(IReadOnlyList<int> values, int with) =>
            [.. values.Select(value => (long)value), .. Enumerable.Repeat((long)with, length - values.Count)];
    }

    [Fact]
    public void Rows_are_made_once_when_they_are_asked_for()
    {
        EncodedBatch batch = _tokenizer.EncodeBatch(["a", "a b"]);
        Assert.Same(batch.Texts[1], batch.Texts[1]);
        Assert.Equal([4, 4], batch.Texts.Select(text => text.Length));
        Assert.Same(batch.TokenTypeIds, batch.TokenTypeIds);
        Assert.Throws<IndexOutOfRangeException>(() => batch.Texts[2]);
    }

    [Fact]
    public void Mistakes_are_explained_however_many_texts_there_are()
    {
        string[] texts = Texts(2_000, seed: 3);
        Assert.Contains("no room", Assert.Throws<ArgumentException>(() => _tokenizer.EncodeBatch(texts, options: new() { MaxLength = 1 })).Message);
        Assert.Contains("texts[1500] is null", Assert.Throws<ArgumentException>(() => _tokenizer.EncodeBatch([.. texts[..1500], null!, "a"])).Message);
        Assert.Contains("pairs[1] is null", Assert.Throws<ArgumentException>(() => _tokenizer.EncodeBatch(["a", "b"], ["a", null!])).Message);
        Assert.Contains("too many for one array", Assert.Throws<ArgumentException>(
            () => _tokenizer.EncodeBatch(["a", "b"], options: new() { MaxLength = int.MaxValue, Padding = PaddingStrategy.MaxLength })).Message);
    }

    private static string[] Texts(int count, int seed)
    {
        var random = new Random(seed);
        string[] words = ["a", "bb", "The", "x", ".", "[MASK]"];
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', random.GetItems(words, random.Next(40))))];
    }
}

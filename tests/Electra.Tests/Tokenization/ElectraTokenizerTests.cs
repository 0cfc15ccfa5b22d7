using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

public class ElectraTokenizerTests
{
    private static readonly string[] Vocabulary =
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "##b", "##😀", "😀", ".", "straße", "i"];

    private readonly ElectraTokenizer _tokenizer = new(Vocabulary);

    [Fact]
    public void Offsets_are_utf16_positions_in_the_original_text()
    {
        TokenizedText encoded = _tokenizer.Encode("\u00A0😀 ab.C\u0301", options: new() { AddSpecialTokens = false });
        Assert.Equal(["😀", "a", "##b", ".", "c"], encoded.Ids.Select(_tokenizer.IdToToken));
        Assert.Equal([new(1, 3), new(4, 5), new(5, 6), new(6, 7), new(7, 8)], encoded.Offsets);
    }

    [Theory]
    [InlineData("q\u0307\u0323", "0-3")]
    [InlineData("\u0314\u05B7 x", "0-2 3-4")]
    [InlineData("e\u0323\u0302.", "0-3 3-4")]
    public void Tokens_span_all_their_marks_where_accents_stay(string text, string spans)
    {
        var tokenizer = new ElectraTokenizer(Vocabulary, new() { StripAccents = false });
        IEnumerable<TextSpan> offsets = tokenizer.Encode(text, options: new() { AddSpecialTokens = false }).Offsets;
        Assert.Equal(spans.Split(' '), offsets.Select(span => $"{span.Start}-{span.End}"));
    }

    [Theory]
    [InlineData("é", "é")]
    [InlineData("e\u0301", "e ##\u0301")]
    [InlineData("\u212B", "\u212B")]
    [InlineData("\u1112\u1161\u11AB", "[UNK]")]
    public void Text_is_neither_composed_nor_decomposed_where_accents_stay(string text, string tokens)
    {
        var tokenizer = new ElectraTokenizer(
            [.. Vocabulary, "é", "e", "##\u0301", "å", "Å", "\u212B", "한"], new() { Lowercase = false, StripAccents = false });
        Assert.Equal(tokens.Split(' '), tokenizer.Tokenize(text));
    }

    [Theory]
    [InlineData("a\u0378b", "[UNK]")]
    [InlineData("\u2E52", "\u2E52")]
    [InlineData("a\u2E52", "[UNK]")]
    [InlineData("a\u1ABFb", "[UNK]")]
    [InlineData("a\u08E3b", "a ##b")]
    [InlineData("\U0002B820b", "\U0002B820 ##b")]
    public void Characters_younger_than_the_engines_tables_are_what_they_are_to_it(string text, string tokens)
    {
        // unassigned in Unicode 8, or younger than it: neither removed, nor punctuation, nor an accent; and the engine's gap among ideographs
        var tokenizer = new ElectraTokenizer([.. Vocabulary, "\u2E52", "\U0002B820"]);
        Assert.Equal(tokens.Split(' '), tokenizer.Tokenize(text));
    }

    [Theory]
    [InlineData("STRAßE", "straße")]
    [InlineData("İ", "i")]
    [InlineData("a[MASK]b", "a [MASK] b")]
    [InlineData("a[mask]b", "a [UNK] [UNK] [UNK] b")]
    [InlineData("a\uD83Db", "a ##b")]
    public void Delicate_texts_come_out_right(string text, string tokens) => Assert.Equal(tokens.Split(' '), _tokenizer.Tokenize(text));

    [Theory]
    [InlineData(100, 100)]
    [InlineData(101, 1)]
    public void Only_words_of_up_to_100_code_points_are_spelled(int length, int tokens)
    {
        // two UTF-16 units a code point
        Assert.Equal(tokens, _tokenizer.EncodeToIds(string.Concat(Enumerable.Repeat("😀", length))).Count);
        Assert.Equal(tokens, _tokenizer.EncodeToIds("a" + new string('b', length - 1)).Count);
    }

    [Theory]
    [InlineData(3, 3, 5, 1, 1)]
    [InlineData(5, 1, 6, 2, 1)]
    [InlineData(1, 5, 6, 1, 2)]
    [InlineData(4, 4, 10, 3, 4)]
    public void Longest_first_levels_the_texts_and_then_cuts_both_alike(
        int first, int second, int maxLength, int keptFirst, int keptSecond)
    {
        TokenizedText encoded = _tokenizer.Encode(Words(first), Words(second), new() { MaxLength = maxLength });
        Assert.Equal(keptFirst, encoded.TextIndices.Count(index => index == 0));
        Assert.Equal(keptSecond, encoded.TextIndices.Count(index => index == 1));
        Assert.Equal(maxLength, encoded.Length);
    }

    [Fact]
    public void A_batch_keeps_its_order_and_pads_to_the_longest_by_default()
    {
        string[] texts = [.. Enumerable.Range(0, 300).Select(i => Words(i % 37))];
        EncodedBatch batch = _tokenizer.EncodeBatch(texts);
        Assert.Equal((300, 38), (batch.BatchSize, batch.SequenceLength));
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.Equal(_tokenizer.Encode(texts[i]).Ids, batch.Texts[i].Ids.Take((i % 37) + 2));
            Assert.Equal(Math.Min((i % 37) + 2, 38), batch.AttentionMask.AsSpan(i * 38, 38).ToArray().Sum());
        }

        Assert.Empty(_tokenizer.EncodeBatch([]).InputIds);
    }

    [Fact]
    public void Mistakes_are_explained()
    {
        Assert.Contains("MaxLength", Assert.Throws<ArgumentException>(
            () => _tokenizer.Encode("a", options: new() { Padding = PaddingStrategy.MaxLength })).Message);
        Assert.Contains("no room", Assert.Throws<ArgumentException>(
            () => _tokenizer.Encode("a", options: new() { MaxLength = 1 })).Message);
        Assert.Contains("second text", Assert.Throws<ArgumentException>(
            () => _tokenizer.Encode(Words(9), options: new() { MaxLength = 5, Truncation = TruncationStrategy.OnlySecond })).Message);
        Assert.Contains("first text has 2 tokens", Assert.Throws<ArgumentException>(
            () => _tokenizer.Encode(Words(2), Words(9), new() { MaxLength = 8, Truncation = TruncationStrategy.OnlyFirst })).Message);
        Assert.Throws<ArgumentException>(() => _tokenizer.EncodeBatch(["a", "b"], ["a"]));
        Assert.Contains("0 to 13", Assert.Throws<ArgumentOutOfRangeException>(() => _tokenizer.Decode([5, 14])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => _tokenizer.IdToToken(-1));
        Assert.Null(_tokenizer.TokenToId("zebra"));
    }

    [Fact]
    public void The_hash_changes_with_the_tokens_and_with_options_that_change_ids()
    {
        string Hash(ElectraTokenizerOptions options, params string[] more) =>
            new ElectraTokenizer([.. Vocabulary, .. more], options).VocabularyHash;
        string[] hashes =
        [
            Hash(new()), Hash(new(), "more"), Hash(new() { Lowercase = false }), Hash(new() { StripAccents = false }),
            Hash(new() { TokenizeChineseCharacters = false }),
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(hashes[0], Hash(new() { StripAccents = true }));
        Assert.Matches("^[0-9a-f]{64}$", hashes[0]);
    }

    private static string Words(int count) => string.Join(' ', Enumerable.Repeat("a", count));
}

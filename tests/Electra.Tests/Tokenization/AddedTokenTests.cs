using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

public class AddedTokenTests
{
    private static readonly string[] Vocabulary =
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##b", "new", "york", "<", ">", "中", "_", ".", "##york"];

    [Fact]
    public void Tokens_beyond_the_vocabulary_get_the_ids_after_it_and_words_are_not_spelled_with_them()
    {
        ElectraTokenizer tokenizer = With(new AddedToken { Content = "[NEW]", Special = true }, new AddedToken { Content = "##c", SingleWord = true });
        Assert.Equal((18, 16, 17), (tokenizer.VocabSize, tokenizer.TokenToId("[NEW]"), tokenizer.TokenToId("##c")));
        Assert.Equal(["a", "[NEW]", "b"], tokenizer.Tokenize("a[NEW]b"));
        Assert.Equal(["[UNK]"], tokenizer.Tokenize("ac"));
    }

    [Theory]
    [InlineData("a <x> b", "a|<x>|b", "0-1 2-5 6-7")]
    [InlineData("a<x>b", "a|<x>|b", "0-1 1-4 4-5")]
    [InlineData("a<X>b", "a|<|[UNK]|>|b", "0-1 1-2 2-3 3-4 4-5")]
    public void A_token_is_found_anywhere_as_it_is_spelled(string text, string tokens, string spans) =>
        AssertTokens(With(new AddedToken { Content = "<x>", Normalized = false }), text, tokens, spans);

    [Theory]
    [InlineData("a \t <x> \n b", "a|<x>|b", "0-1 1-10 10-11", true, true)]
    [InlineData("a  <x>  b", "a|<x>|b", "0-1 1-6 8-9", true, false)]
    [InlineData("a  <x>  b", "a|<x>|b", "0-1 3-8 8-9", false, true)]
    [InlineData("<x> <x>", "<x>|<x>", "0-4 4-7", true, true)]
    public void Stripping_takes_the_whitespace_beside_a_token_with_it(string text, string tokens, string spans, bool left, bool right) =>
        AssertTokens(With(new AddedToken { Content = "<x>", Normalized = false, LStrip = left, RStrip = right }), text, tokens, spans);

    [Theory]
    [InlineData("<x>, a <x>. <x>", "<x>|[UNK]|a|<x>|.|<x>")]
    [InlineData("a<x> <x>b 1<x>", "a|<|[UNK]|>|<|[UNK]|>|b|[UNK]|<|[UNK]|>")]
    [InlineData("<x>\u0301", "<|[UNK]|>")]
    [InlineData("_<x>", "_|<|[UNK]|>")]
    [InlineData("\u200D<x>", "<|[UNK]|>")]
    [InlineData("-<x>中", "[UNK]|<|[UNK]|>|中")]
    [InlineData("-<x>-", "[UNK]|<x>|[UNK]")]
    public void A_single_word_stands_beside_no_word_character(string text, string tokens) =>
        Assert.Equal(tokens.Split('|'), With(new AddedToken { Content = "<x>", SingleWord = true, Normalized = false }).Tokenize(text));

    [Theory]
    [InlineData("NEW YORK new  york New\u0301 York", "New York|new|york|New York", "0-8 9-12 14-18 19-28")]
    [InlineData("a new york中", "a|New York|中", "0-1 2-10 10-11")]
    [InlineData("a newyork", "a|new|##york", "0-1 2-5 5-9")]
    public void A_normalised_token_is_found_in_normalised_text(string text, string tokens, string spans) =>
        AssertTokens(With(new AddedToken { Content = "New York" }), text, tokens, spans);

    [Fact]
    public void Chinese_characters_of_a_normalised_token_are_found_although_they_are_isolated() =>
        AssertTokens(With(new AddedToken { Content = "中文" }), "a中文中b", "a|中文|中|b", "0-1 1-3 3-4 4-5");

    [Fact]
    public void The_longest_token_wins_and_the_text_as_it_came_goes_before_normalised_text()
    {
        ElectraTokenizer tokenizer = With(
            new AddedToken { Content = "<x" }, new AddedToken { Content = "<x>y", Normalized = false }, new AddedToken { Content = "<x>", Normalized = false });
        Assert.Equal(["<x>y", "<x>", "a", "<x"], tokenizer.Tokenize("<x>y<x>a<x"));
    }

    [Fact]
    public void Of_tokens_that_normalisation_makes_equal_the_first_counts() =>
        Assert.Equal(["a", "NEW"], With(new AddedToken { Content = "NEW" }, new AddedToken { Content = "New" }).Tokenize("a new"));

    [Fact]
    public void Special_tokens_can_be_told_how_they_are_found()
    {
        ElectraTokenizer tokenizer = With(new AddedToken { Content = "[MASK]", Special = true, LStrip = true });
        AssertTokens(tokenizer, "a [MASK] b", "a|[MASK]|b", "0-1 1-8 9-10");
        Assert.Equal(Vocabulary.Length, tokenizer.VocabSize);
        Assert.NotEqual(new ElectraTokenizer(Vocabulary).VocabularyHash, tokenizer.VocabularyHash);
    }

    [Fact]
    public void Decoding_skips_added_tokens_that_are_special()
    {
        ElectraTokenizer tokenizer = With(new AddedToken { Content = "[NEW]", Special = true }, new AddedToken { Content = "<y>" });
        Assert.Equal("a <y> b", tokenizer.Decode(tokenizer.Encode("a[NEW]<y>b").Ids, skipSpecialTokens: true));
        Assert.Equal("a [NEW] <y> b", tokenizer.Decode(tokenizer.EncodeToIds("a[NEW]<y>b")));
    }

    [Fact]
    public void The_hash_changes_with_added_tokens_and_with_how_they_are_found()
    {
        AddedToken token = new() { Content = "<x>" };
        string[] hashes =
        [
            new ElectraTokenizer(Vocabulary).VocabularyHash, With(token).VocabularyHash, With(token with { LStrip = true }).VocabularyHash,
            With(token with { RStrip = true }).VocabularyHash, With(token with { SingleWord = true }).VocabularyHash,
            With(token with { Normalized = false }).VocabularyHash, new ElectraTokenizer([.. Vocabulary, "<x>"]).VocabularyHash,
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Fact]
    public void Mistakes_are_explained()
    {
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => With(new AddedToken { Content = "" })).Message);
        Assert.Contains("'<x>' is added twice", Assert.Throws<ArgumentException>(
            () => With(new AddedToken { Content = "<x>" }, new AddedToken { Content = "<x>", LStrip = true })).Message);
        Assert.Contains("leaves nothing of the added token '\u0301'", Assert.Throws<InvalidDataException>(
            () => With(new AddedToken { Content = "\u0301" })).Message);
        Assert.Contains("[UNK] must be in the vocabulary itself", Assert.Throws<InvalidDataException>(
            () => new ElectraTokenizer(["[PAD]", "[CLS]", "[SEP]", "[MASK]"], new() { AddedTokens = [new() { Content = "[UNK]" }] })).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElectraTokenizer(Vocabulary, new() { MaxInputCharsPerWord = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElectraTokenizer(Vocabulary, new() { ModelMaxLength = 0 }));
    }

    private static ElectraTokenizer With(params AddedToken[] tokens) => new(Vocabulary, new() { AddedTokens = tokens });

    private static void AssertTokens(ElectraTokenizer tokenizer, string text, string tokens, string spans)
    {
        TokenizedText encoded = tokenizer.Encode(text, options: new() { AddSpecialTokens = false });
        Assert.Equal(tokens.Split('|'), encoded.Ids.Select(tokenizer.IdToToken));
        Assert.Equal(spans.Split(' '), encoded.Offsets.Select(span => $"{span.Start}-{span.End}"));
    }
}

using Electra.Tests.Support;
using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

/// <summary>Added tokens in each of the files in which Hugging Face's tokenizers of some age keep them.</summary>
public sealed class PretrainedAddedTokenTests : IDisposable
{
    private const string Vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\nnew\n[\n]\n<\n>\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Added_tokens_json_is_read()
    {
        Write("vocab.txt", Vocabulary);
        Write("added_tokens.json", """{"<new>": 12, "[NEW]": 11}""");
        ElectraTokenizer tokenizer = Load();
        Assert.Equal([5, 11, 12], tokenizer.EncodeToIds("Hello [NEW] <new>"));
        Assert.Equal(["hello", "<new>", "[NEW]"], tokenizer.Tokenize("hello<NEW>[NEW]"));
        Assert.Equal("hello <new>", tokenizer.Decode([5, 12], skipSpecialTokens: true));
    }

    [Fact]
    public void The_added_tokens_decoder_is_read_with_its_flags_and_then_special_tokens_map_and_added_tokens_json_are_not()
    {
        Write("vocab.txt", Vocabulary);
        Write("tokenizer_config.json", """
            {"added_tokens_decoder": {
               "4": {"content": "[MASK]", "lstrip": true, "rstrip": false, "single_word": false, "normalized": false, "special": true},
               "11": {"content": "[NEW]", "lstrip": false, "rstrip": true, "single_word": false, "normalized": false, "special": true}}}
            """);
        Write("special_tokens_map.json", """{"mask_token": "<mask>"}""");
        Write("added_tokens.json", """{"<new>": 11}""");
        ElectraTokenizer tokenizer = Load();
        Assert.Equal(["hello", "[MASK]", "[NEW]", "hello"], tokenizer.Tokenize("Hello [MASK][NEW] Hello"));
        Assert.Equal([new(0, 5), new(5, 12), new(12, 18), new(18, 23)], tokenizer.Encode("Hello [MASK][NEW] Hello", options: Bare).Offsets);
        Assert.Equal("hello hello", tokenizer.Decode(tokenizer.Encode("Hello [MASK][NEW] Hello").Ids, skipSpecialTokens: true));
    }

    [Fact]
    public void Tokenizer_json_is_read_and_the_config_wins()
    {
        Write("tokenizer.json", TokenizerJson("""
            {"id":4,"content":"[MASK]","special":true,"normalized":false},
            {"id":11,"content":"[NEW]","special":true,"normalized":false},{"id":12,"content":"<new>","special":false,"normalized":true}
            """));
        Assert.Equal([5, 11, 12, 12], Load().EncodeToIds("Hello [NEW] <new> <NEW>"));
        Write("tokenizer_config.json", """{"added_tokens_decoder": {"12": {"content": "<new>", "normalized": false, "rstrip": true}}}""");
        Assert.Equal(["[NEW]", "<new>", "<", "new", ">"], Load().Tokenize("[NEW] <new> <NEW>"));
    }

    [Theory]
    [InlineData("special_tokens_map.json", "additional_special_tokens", """["[NEW]", {"content": "<new>", "rstrip": true}]""")]
    [InlineData("tokenizer_config.json", "additional_special_tokens", """["[NEW]", {"content": "<new>", "rstrip": true}]""")]
    [InlineData("tokenizer_config.json", "extra_special_tokens", """["[NEW]", {"content": "<new>", "rstrip": true}]""")]
    [InlineData("tokenizer_config.json", "extra_special_tokens", """{"new_token": "[NEW]", "other_token": {"content": "<new>", "rstrip": true}}""")]
    public void More_special_tokens_get_the_next_ids(string file, string key, string tokens)
    {
        Write("vocab.txt", Vocabulary);
        Write(file, $$"""{"{{key}}": {{tokens}}}""");
        ElectraTokenizer tokenizer = Load();
        Assert.Equal([5, 11, 12, 6], tokenizer.EncodeToIds("Hello [NEW] <new> new"));
        Assert.Equal(new(11, 17), tokenizer.Encode("hello[NEW] <new> new", options: Bare).Offsets[2]);
        Assert.Equal("hello", tokenizer.Decode([5, 11, 12], skipSpecialTokens: true));
    }

    [Fact]
    public void What_was_read_comes_back_from_what_is_saved()
    {
        AddedToken[] tokens =
        [
            new() { Content = "[MASK]", Special = true, LStrip = true, Normalized = false }, new() { Content = "new", SingleWord = true, Normalized = true },
            new() { Content = "[NEW]", Special = true, Normalized = true }, new() { Content = "New York", RStrip = true, Normalized = true },
        ];
        var options = new ElectraTokenizerOptions { AddedTokens = tokens, CleanText = false, MaxInputCharsPerWord = 7, ModelMaxLength = 64 };
        var saved = new ElectraTokenizer(Vocabulary.Split('\n', StringSplitOptions.RemoveEmptyEntries), options);
        saved.SavePretrained(_folder.FullPath);
        foreach (string removed in new[] { "", "vocab.txt", "special_tokens_map.json", "added_tokens.json" })
        {
            if (removed.Length > 0) File.Delete(_folder.File(removed));
            ElectraTokenizer loaded = Load();
            Assert.Equal(tokens, loaded.Options.AddedTokens);
            Assert.Equal(options with { AddedTokens = [] }, loaded.Options with { AddedTokens = [] });
            Assert.Equal((saved.VocabularyHash, saved.VocabSize), (loaded.VocabularyHash, loaded.VocabSize));
        }
    }

    [Fact]
    public void Saving_over_another_tokenizer_leaves_nothing_of_its_added_tokens()
    {
        string[] vocabulary = Vocabulary.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        new ElectraTokenizer(vocabulary, new() { AddedTokens = [new() { Content = "<y>" }] }).SavePretrained(_folder.FullPath);
        Assert.Contains("\"<y>\": 11", File.ReadAllText(_folder.File("added_tokens.json")));
        new ElectraTokenizer(vocabulary).SavePretrained(_folder.FullPath);
        Assert.Equal(new ElectraTokenizer(vocabulary).VocabularyHash, Load().VocabularyHash);
        Assert.False(File.Exists(_folder.File("added_tokens.json")));
    }

    [Theory]
    [InlineData("added_tokens.json", """{"<x>": 12}""", "'<x>' has id 12, expected 11")]
    [InlineData("added_tokens.json", """{"<x>": 11, "<y>": 13}""", "'<y>' has id 13, expected 12")]
    [InlineData("added_tokens.json", """{"<x>": 11, "<y>": 11}""", "id 11 belongs to both '<x>' and '<y>'")]
    [InlineData("added_tokens.json", """{"<x>": 3}""", "'<x>' has id 3, expected 11")]
    [InlineData("added_tokens.json", """{"hello": 11}""", "'hello' has id 11, in the vocabulary 5")]
    [InlineData("added_tokens.json", """{"<x>": "eleven"}""", "'<x>' needs a whole-number id")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": {"twelve": {"content": "<x>"}}}""", "got 'twelve'")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": {"11": {"content": "<x>", "lstrip": 1}}}""", "'lstrip'")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": {"11": {"text": "<x>"}}}""", "'content'")]
    [InlineData("tokenizer_config.json", """{"additional_special_tokens": "<x>"}""", "must be a list")]
    public void Holes_and_contradictions_are_named(string file, string content, string expected)
    {
        Write("vocab.txt", Vocabulary);
        Write(file, content);
        string message = Assert.Throws<InvalidDataException>(Load).Message;
        Assert.Contains(expected, message);
        Assert.Contains(_folder.File(file), message);
    }

    [Fact]
    public void Files_that_contradict_each_other_are_both_named()
    {
        Write("tokenizer.json", TokenizerJson("""{"id":11,"content":"<x>","special":true},{"id":12,"content":"<y>","special":true}"""));
        Write("added_tokens.json", """{"<y>": 11, "<x>": 12}""");
        string message = Assert.Throws<InvalidDataException>(Load).Message;
        Assert.Contains(_folder.File("added_tokens.json"), message);
        Assert.Contains($"in {_folder.File("tokenizer.json")} 12", message);

        File.Delete(_folder.File("added_tokens.json"));
        Write("vocab.txt", Vocabulary + "<x>\n");
        Assert.Equal(13, Load().VocabSize);
        Write("vocab.txt", Vocabulary.Replace("new", "old"));
        message = Assert.Throws<InvalidDataException>(Load).Message;
        Assert.Contains("id 6 is 'old'", message);
        Assert.Contains("'new'; remove the file that is out of date", message);
    }

    private static EncodingOptions Bare { get; } = new() { AddSpecialTokens = false };

    private static string TokenizerJson(string added)
    {
        IEnumerable<string> entries = Vocabulary.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((token, id) => $"\"{token}\":{id}");
        return $$"""
            {"version":"1.0","added_tokens":[{{added}}],"normalizer":{"type":"BertNormalizer"},"pre_tokenizer":{"type":"BertPreTokenizer"},
             "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
             "vocab":{ {{string.Join(',', entries)}} } } }
            """;
    }

    private ElectraTokenizer Load() => ElectraTokenizer.FromPretrained(_folder.FullPath);

    private void Write(string name, string content) => File.WriteAllText(_folder.File(name), content);
}

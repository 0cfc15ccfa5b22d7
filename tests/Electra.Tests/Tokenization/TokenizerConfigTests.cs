using System.Text.Json.Nodes;
using Electra.Tests.Support;
using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

/// <summary>What tokenizer_config.json and special_tokens_map.json say to whoever reads them next.</summary>
public sealed class TokenizerConfigTests : IDisposable
{
    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_key_that_Hugging_Face_writes_and_that_means_something_here_is_written()
    {
        new ElectraTokenizer(Vocabulary, new() { Lowercase = false, AddedTokens = [new() { Content = "[NEW]", Special = true, RStrip = true }] })
            .SavePretrained(_folder.FullPath);
        JsonObject config = Read("tokenizer_config.json");
        Assert.Equal(
            [
                "added_tokens_decoder", "additional_special_tokens", "clean_up_tokenization_spaces", "cls_token", "do_basic_tokenize", "do_lower_case",
                "mask_token", "model_max_length", "pad_token", "padding_side", "sep_token", "strip_accents", "tokenize_chinese_chars",
                "tokenizer_class", "truncation_side", "unk_token",
            ], config.Select(entry => entry.Key).Order(StringComparer.Ordinal));
        Assert.Equal(["0", "1", "2", "3", "4", "6"], config["added_tokens_decoder"]!.AsObject().Select(entry => entry.Key));
        Assert.Equal(
            """{"content":"[NEW]","single_word":false,"lstrip":false,"rstrip":true,"normalized":false,"special":true}""",
            config["added_tokens_decoder"]!["6"]!.ToJsonString());
        Assert.Equal("""["[NEW]"]""", config["additional_special_tokens"]!.ToJsonString());
        Assert.Equal((false, null, true), (config["do_lower_case"]!.GetValue<bool>(), config["strip_accents"], config["tokenize_chinese_chars"]!.GetValue<bool>()));
        JsonObject map = Read("special_tokens_map.json");
        Assert.Equal("[MASK]", map["mask_token"]!.GetValue<string>());
        Assert.True(map["additional_special_tokens"]![0]!["rstrip"]!.GetValue<bool>());
        Assert.Equal("""{"[NEW]":6}""", Read("added_tokens.json").ToJsonString());
    }

    [Theory]
    [InlineData("tokenizer_config.json", "\"truncation_side\": \"right\"", "\"truncation_side\": \"left\"", "'truncation_side' is \"left\"")]
    [InlineData("tokenizer_config.json", "\"padding_side\": \"right\"", "\"padding_side\": \"left\"", "'padding_side' is \"left\"")]
    [InlineData("tokenizer.json", "\"max_input_chars_per_word\": 100", "\"max_input_chars_per_word\": 10000000000", "from 1 to 1,000,000")]
    [InlineData("tokenizer.json", "\"max_input_chars_per_word\": 100", "\"max_input_chars_per_word\": 0", "from 1 to 1,000,000")]
    public void What_would_give_other_tokens_is_refused_by_name(string file, string key, string changed, string named)
    {
        new ElectraTokenizer(Vocabulary).SavePretrained(_folder.FullPath);
        string path = _folder.File(file), text = File.ReadAllText(path);
        Assert.Contains(key, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(key, changed, StringComparison.Ordinal));
        Assert.Contains(named, Assert.Throws<InvalidDataException>(() => ElectraTokenizer.FromPretrained(_folder.FullPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_may_be_long_without_costing_every_text_as_much()
    {
        var tokenizer = new ElectraTokenizer([.. Vocabulary, "##a"], new() { MaxInputCharsPerWord = 1_000_000 });
        string word = new('a', 5_000);
        Assert.Equal(5_000, tokenizer.EncodeToIds(word).Count);
        tokenizer.EncodeToIds("a");
        long before = GC.GetAllocatedBytesForCurrentThread();
        tokenizer.EncodeToIds("a");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void The_models_length_is_written_and_one_that_a_folder_came_with_survives()
    {
        int Written() => Read("tokenizer_config.json")["model_max_length"]!.GetValue<int>();
        new ElectraTokenizer(Vocabulary).SavePretrained(_folder.FullPath);
        Assert.Equal(512, Written());
        new ElectraTokenizer(Vocabulary).SavePretrained(_folder.FullPath, modelMaxLength: 128);
        Assert.Equal(128, Written());
        ElectraTokenizer loaded = ElectraTokenizer.FromPretrained(_folder.FullPath);
        Assert.Equal(128, loaded.Options.ModelMaxLength);
        loaded.SavePretrained(_folder.FullPath);
        Assert.Equal(128, Written());
        loaded.SavePretrained(_folder.FullPath, modelMaxLength: 512);
        Assert.Equal(128, Written());
        loaded.SavePretrained(_folder.FullPath, modelMaxLength: 64);
        Assert.Equal(64, Written());
        Assert.Throws<ArgumentOutOfRangeException>(() => loaded.SavePretrained(_folder.FullPath, modelMaxLength: 0));
    }

    [Theory]
    [InlineData("1000000000000000019884624838656", null)]
    [InlineData("null", null)]
    [InlineData("64", 64)]
    public void A_length_without_bounds_is_read_as_none(string written, int? expected)
    {
        new ElectraTokenizer(Vocabulary).SavePretrained(_folder.FullPath);
        File.WriteAllText(_folder.File("tokenizer_config.json"), $$"""{"model_max_length": {{written}}}""");
        Assert.Equal(expected, ElectraTokenizer.FromPretrained(_folder.FullPath).Options.ModelMaxLength);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("\"512\"")]
    [InlineData("1.5")]
    public void A_length_that_is_none_is_refused(string written)
    {
        new ElectraTokenizer(Vocabulary).SavePretrained(_folder.FullPath);
        File.WriteAllText(_folder.File("tokenizer_config.json"), $$"""{"model_max_length": {{written}}}""");
        Assert.Contains("'model_max_length' is", Assert.Throws<InvalidDataException>(() => ElectraTokenizer.FromPretrained(_folder.FullPath)).Message);
    }

    [Theory]
    [InlineData(true, 100, "ElectraTokenizer")]
    [InlineData(false, 100, "PreTrainedTokenizerFast")]
    [InlineData(true, 50, "PreTrainedTokenizerFast")]
    public void The_class_is_one_that_can_do_what_the_options_say(bool cleanText, int longest, string expected)
    {
        new ElectraTokenizer(Vocabulary, new() { CleanText = cleanText, MaxInputCharsPerWord = longest }).SavePretrained(_folder.FullPath);
        Assert.Equal(expected, Read("tokenizer_config.json")["tokenizer_class"]!.GetValue<string>());
    }

    [SkippableFact]
    public void Folders_that_transformers_of_every_age_wrote_are_read()
    {
        string[] folders = [.. ForeignTokenizers.Folders()];
        Skip.If(folders.Length == 0, "no folders that other programs wrote are on this machine; set ELECTRA_REFERENCE_DATA");
        foreach (string folder in folders)
        {
            ElectraTokenizer tokenizer = ElectraTokenizer.FromPretrained(folder);
            Assert.Equal(64, tokenizer.Options.ModelMaxLength);
            string expected = Path.Combine(Path.GetDirectoryName(folder)!, "tokenizer-expected.json");
            foreach (JsonNode? item in JsonNode.Parse(File.ReadAllText(expected))!["items"]!.AsArray())
                Assert.Equal(TokenizerFixture.Ints(item!["ids"]), tokenizer.Encode(item["text"]!.GetValue<string>()).Ids);
            foreach (JsonNode? pair in JsonNode.Parse(File.ReadAllText(expected))!["pairs"]!.AsArray())
            {
                TokenizedText encoded = tokenizer.Encode(pair!["pair"]![0]!.GetValue<string>(), pair["pair"]![1]!.GetValue<string>());
                Assert.Equal(TokenizerFixture.Ints(pair["ids"]), encoded.Ids);
                Assert.Equal(TokenizerFixture.Ints(pair["token_type_ids"]), encoded.TypeIds);
            }
        }
    }

    private JsonObject Read(string name) => JsonNode.Parse(File.ReadAllText(_folder.File(name)))!.AsObject();
}

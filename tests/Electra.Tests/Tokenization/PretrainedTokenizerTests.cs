using System.Text.Json.Nodes;
using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

public sealed class PretrainedTokenizerTests : IDisposable
{
    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##b", "é", "\"", "\\", "中"];

    private readonly string _folder = Directory.CreateTempSubdirectory("electra-tokenizer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true, null, true)]
    [InlineData(false, null, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public void A_saved_tokenizer_comes_back_from_all_files_or_only_one(bool lowercase, bool? strip, bool chinese)
    {
        var options = new ElectraTokenizerOptions { Lowercase = lowercase, StripAccents = strip, TokenizeChineseCharacters = chinese };
        var saved = new ElectraTokenizer(Vocabulary, options);
        saved.SavePretrained(_folder);
        AssertSame(saved, ElectraTokenizer.FromPretrained(_folder));

        File.Delete(At("vocab.txt"));
        AssertSame(saved, ElectraTokenizer.FromPretrained(_folder));

        File.Delete(At("tokenizer_config.json"));
        File.Delete(At("special_tokens_map.json"));
        AssertSame(saved, ElectraTokenizer.FromPretrained(_folder));

        saved.SavePretrained(_folder);
        File.Delete(At("tokenizer.json"));
        AssertSame(saved, ElectraTokenizer.FromPretrained(_folder));

        foreach (string file in Directory.GetFiles(_folder)) if (!file.EndsWith("vocab.txt", StringComparison.Ordinal)) File.Delete(file);
        Assert.Equal(new ElectraTokenizer(Vocabulary).VocabularyHash, ElectraTokenizer.FromPretrained(_folder).VocabularyHash);
    }

    [Fact]
    public void Other_names_for_special_tokens_survive()
    {
        var options = new ElectraTokenizerOptions
        { PadToken = "<pad>", UnknownToken = "<unk>", ClsToken = "<s>", SepToken = "</s>", MaskToken = "<mask>" };
        var saved = new ElectraTokenizer(["<s>", "<pad>", "</s>", "<unk>", "<mask>", "a"], options);
        saved.SavePretrained(_folder);
        ElectraTokenizer loaded = ElectraTokenizer.FromPretrained(_folder);
        AssertSame(saved, loaded);
        Assert.Equal([0, 5, 4, 3, 2], loaded.Encode("a<mask>z").Ids);
    }

    [Fact]
    public void Tokenizer_json_has_the_parts_that_the_Rust_library_reads()
    {
        new ElectraTokenizer(Vocabulary).SavePretrained(_folder);
        JsonNode json = JsonNode.Parse(File.ReadAllText(At("tokenizer.json")))!;
        Assert.Equal("1.0", json["version"]!.GetValue<string>());
        Assert.Equal("BertNormalizer", json["normalizer"]!["type"]!.GetValue<string>());
        Assert.Equal("BertPreTokenizer", json["pre_tokenizer"]!["type"]!.GetValue<string>());
        Assert.Equal("TemplateProcessing", json["post_processor"]!["type"]!.GetValue<string>());
        Assert.Equal("""{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}""",
            json["post_processor"]!["special_tokens"]!["[SEP]"]!.ToJsonString());
        Assert.Equal("""{"SpecialToken":{"id":"[SEP]","type_id":1}}""", json["post_processor"]!["pair"]![4]!.ToJsonString());
        Assert.Equal(Vocabulary, json["model"]!["vocab"]!.AsObject()
            .OrderBy(entry => entry.Value!.GetValue<int>()).Select(entry => entry.Key));
        JsonNode config = JsonNode.Parse(File.ReadAllText(At("tokenizer_config.json")))!;
        Assert.Equal("ElectraTokenizer", config["tokenizer_class"]!.GetValue<string>());
        Assert.True(config["do_lower_case"]!.GetValue<bool>());
    }

    [Fact]
    public void Special_tokens_written_as_objects_and_tokens_added_after_the_vocabulary_are_read()
    {
        File.WriteAllText(At("tokenizer.json"), """
            {"added_tokens":[{"id":4,"content":"<mask>","special":true}],
             "normalizer":{"type":"Sequence","normalizers":[{"type":"BertNormalizer","lowercase":false}]},
             "pre_tokenizer":{"type":"BertPreTokenizer"},
             "model":{"type":"WordPiece","unk_token":"[UNK]","vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3}}}
            """);
        File.WriteAllText(At("special_tokens_map.json"), """{"mask_token":{"content":"<mask>","lstrip":false}}""");
        ElectraTokenizer loaded = ElectraTokenizer.FromPretrained(_folder);
        Assert.Equal(4, loaded.SpecialTokens.MaskId);
        Assert.False(loaded.Options.Lowercase);
    }

    [Theory]
    [InlineData("[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n", "[MASK]")]
    [InlineData("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\na\n", "'a' is repeated: ids 5 and 7 (lines 6 and 8)")]
    [InlineData("[PAD]\n\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n", "line 2")]
    [InlineData("", "empty")]
    public void A_bad_vocabulary_is_named_with_what_is_wrong(string content, string expected)
    {
        File.WriteAllText(At("vocab.txt"), content);
        var exception = Assert.Throws<InvalidDataException>(() => ElectraTokenizer.FromVocabulary(At("vocab.txt")));
        Assert.Contains(expected, exception.Message);
        Assert.Contains(At("vocab.txt"), exception.Message);
    }

    [Fact]
    public void Missing_and_undecodable_files_are_named()
    {
        Assert.Contains(
            At("none.txt"), Assert.Throws<FileNotFoundException>(() => ElectraTokenizer.FromVocabulary(At("none.txt"))).Message);
        Assert.Contains(
            "neither vocab.txt nor tokenizer.json",
            Assert.Throws<FileNotFoundException>(() => ElectraTokenizer.FromPretrained(_folder)).Message);
        File.WriteAllBytes(At("vocab.txt"), [(byte)'a', 0xFF, 0xFE, (byte)'\n']);
        Assert.Contains("UTF-8", Assert.Throws<InvalidDataException>(() => ElectraTokenizer.FromPretrained(_folder)).Message);
    }

    [Theory]
    [InlineData("{", "not valid JSON")]
    [InlineData("[]", "JSON object")]
    [InlineData("""{"model":{"type":"BPE","vocab":{}}}""", "WordPiece")]
    [InlineData("""{"model":{"type":"WordPiece","vocab":{"a":0,"b":2}}}""", "without gaps")]
    [InlineData("""{"model":{"type":"WordPiece","vocab":{"a":0,"b":0}}}""", "belongs to both")]
    [InlineData("""{"model":{"type":"WordPiece","vocab":{"a":"x"}}}""", "whole-number id")]
    [InlineData("""{"model":{"type":"WordPiece","vocab":{},"continuing_subword_prefix":"@@"}}""", "@@")]
    [InlineData("""{"normalizer":{"type":"BertNormalizer","lowercase":3},"model":{"type":"WordPiece","vocab":{"a":0}}}""", "'lowercase'")]
    [InlineData("""{"model":{"type":"WordPiece","vocab":{"a":0,"a":1}}}""", "not valid JSON")]
    [InlineData("""{"\ud800":0,"model":{"type":"WordPiece","vocab":{"a":0}}}""", "half of a character")]
    [InlineData("""{"version":["\ud800"],"model":{"type":"WordPiece","vocab":{"a":0}}}""", "half of a character")]
    public void A_bad_tokenizer_json_is_named_with_what_is_wrong(string content, string expected)
    {
        File.WriteAllText(At("tokenizer.json"), content);
        var exception = Assert.Throws<InvalidDataException>(() => ElectraTokenizer.FromPretrained(_folder));
        Assert.Contains(expected, exception.Message);
        Assert.Contains("tokenizer.json", exception.Message);
    }

    private string At(string name) => Path.Combine(_folder, name);

    private static void AssertSame(ElectraTokenizer expected, ElectraTokenizer actual)
    {
        Assert.Equal(expected.Vocabulary, actual.Vocabulary);
        Assert.Equal(expected.Options with { StripAccents = null, ModelMaxLength = null },
            actual.Options with { StripAccents = null, ModelMaxLength = null });
        Assert.Equal(expected.VocabularyHash, actual.VocabularyHash);
    }
}

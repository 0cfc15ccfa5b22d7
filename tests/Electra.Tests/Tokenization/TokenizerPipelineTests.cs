using Electra.Tests.Support;
using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

/// <summary>What a tokenizer.json says around the model is taken, or refused by name; never passed over.</summary>
public sealed class TokenizerPipelineTests : IDisposable
{
    private const string Bert = """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}""";
    private const string Single = """[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}]""";

    private const string Pair = """
        [{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}},
         {"Sequence":{"id":"B","type_id":1}},{"SpecialToken":{"id":"[SEP]","type_id":1}}]
        """;

    private const string Template = $$$"""{"type":"TemplateProcessing","single":{{{Single}}},"pair":{{{Pair}}},"special_tokens":{} }""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("null", "Wörld|\u0001|中a", false, false, false, false)]
    [InlineData(Bert, "world|中|a", true, true, true, true)]
    [InlineData("""{"type":"BertNormalizer","clean_text":false,"handle_chinese_chars":false,"strip_accents":false,"lowercase":true}""", "wörld|\u0001|中a", false, false, false, true)]
    [InlineData("""{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":true,"lowercase":false}""", "World|中|a", true, true, true, false)]
    [InlineData($$$"""{"type":"Sequence","normalizers":[{{{Bert}}}]}""", "world|中|a", true, true, true, true)]
    public void A_normalizer_of_BERT_is_taken_with_its_options(string normalizer, string tokens, bool clean, bool chinese, bool strips, bool lower)
    {
        Write(normalizer: normalizer);
        ElectraTokenizer tokenizer = Load();
        Assert.Equal(tokens.Split('|'), tokenizer.Tokenize("Wörld \u0001 中a"));
        ElectraTokenizerOptions options = tokenizer.Options;
        Assert.Equal((clean, chinese, strips, lower),
            (options.CleanText, options.TokenizeChineseCharacters, options.StripAccents ?? options.Lowercase, options.Lowercase));
    }

    [Theory]
    [InlineData("""{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"Lowercase"},{"type":"StripAccents"}]}""", "the normalizer is Sequence of NFD, Lowercase, StripAccents; supported is BertNormalizer")]
    [InlineData($$$"""{"type":"Sequence","normalizers":[{"type":"NFC"},{{{Bert}}}]}""", "the normalizer is Sequence of NFC, BertNormalizer")]
    [InlineData("""{"type":"Lowercase"}""", "the normalizer is Lowercase")]
    [InlineData("""{"type":"BertNormalizer","lowercase":3}""", "'lowercase'")]
    public void Another_normalizer_is_refused_by_name(string normalizer, string expected)
    {
        Write(normalizer: normalizer);
        AssertRefused(expected);
    }

    [Theory]
    [InlineData("null", "the pre_tokenizer is null; supported is BertPreTokenizer")]
    [InlineData("""{"type":"Whitespace"}""", "the pre_tokenizer is Whitespace")]
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"BertPreTokenizer"},{"type":"Digits","individual_digits":true}]}""", "the pre_tokenizer is Sequence of BertPreTokenizer, Digits")]
    public void Another_pre_tokenizer_is_refused_by_name(string preTokenizer, string expected)
    {
        Write(preTokenizer: preTokenizer);
        AssertRefused(expected);
    }

    [Theory]
    [InlineData("null")]
    [InlineData(Template)]
    [InlineData("""{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]}""")]
    [InlineData($$$"""{"type":"Sequence","processors":[{{{Template}}}]}""")]
    public void A_frame_of_BERT_is_taken(string postProcessor)
    {
        Write(postProcessor: postProcessor, preTokenizer: """{"type":"Sequence","pretokenizers":[{"type":"BertPreTokenizer"}]}""");
        Assert.Equal([2, 5, 3, 5, 3], Load().Encode("world", "world").Ids);
    }

    [Theory]
    [InlineData("""{"type":"RobertaProcessing","sep":["[SEP]",3],"cls":["[CLS]",2],"trim_offsets":true,"add_prefix_space":false}""", "the post_processor is RobertaProcessing")]
    [InlineData($$$"""{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}}],"pair":{{{Pair}}},"special_tokens":{} }""", "of '$A:0' and '[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1'")]
    [InlineData($$$"""{"type":"TemplateProcessing","single":{{{Single}}},"pair":{{{Single}}},"special_tokens":{} }""", "and '[CLS]:0 $A:0 [SEP]:0'")]
    [InlineData("""{"type":"BertProcessing","sep":["[SEP]",3]}""", "'cls'")]
    [InlineData("""{"type":"BertProcessing","sep":["[UNK]",1],"cls":["[CLS]",2]}""", "'sep_token' is '[SEP]', but the post_processor")]
    [InlineData("""{"type":"BertProcessing","sep":["[SEP]",1],"cls":["[CLS]",2]}""", "has ids 2 and 1 for [CLS] and [SEP], the vocabulary 2 and 3")]
    public void Another_frame_is_refused_by_name(string postProcessor, string expected)
    {
        Write(postProcessor: postProcessor);
        File.WriteAllText(_folder.File("tokenizer_config.json"), """{"sep_token":"[SEP]"}""");
        AssertRefused(expected);
    }

    [Theory]
    [InlineData("\"type\":\"BPE\",", "the model is BPE; supported is WordPiece")]
    [InlineData("", "the model is unknown")]
    [InlineData("\"type\":\"WordPiece\",\"max_input_chars_per_word\":0,", "'max_input_chars_per_word' is 0")]
    public void Another_model_is_refused_by_name(string model, string expected)
    {
        Write(model: model);
        AssertRefused(expected);
    }

    [Theory]
    [InlineData("version", "\"2.0\"", "version '2.0'")]
    [InlineData("decoder", """{"type":"ByteLevel"}""", "the decoder is ByteLevel")]
    [InlineData("decoder", """{"type":"WordPiece","prefix":"@@","cleanup":true}""", "'@@'")]
    public void Other_versions_and_decoders_are_refused_by_name(string key, string value, string expected)
    {
        Write(more: $"\"{key}\":{value},");
        AssertRefused(expected);
    }

    [Fact]
    public void The_longest_word_is_the_files()
    {
        Write(model: "\"type\":\"WordPiece\",\"max_input_chars_per_word\":3,");
        Assert.Equal(["abc", "[UNK]", "a", "ab"], Load().Tokenize("abc abcd a ab"));
    }

    [Fact]
    public void The_config_wins_over_the_normalizer_unless_its_class_only_reads_the_file()
    {
        Write(normalizer: """{"type":"BertNormalizer","strip_accents":true,"lowercase":true,"handle_chinese_chars":false}""");
        Config("""{"do_lower_case":false}""");
        Assert.Equal((false, true), (Load().Options.Lowercase, Load().Options.StripAccents));
        Config("""{"do_lower_case":false,"strip_accents":null,"tokenize_chinese_chars":true,"tokenizer_class":"BertTokenizerFast"}""");
        Assert.Equal(["W", "##ö", "中", "a"], Load().Tokenize("Wö中a"));
        Config("""{"do_lower_case":false,"strip_accents":false,"tokenizer_class":"PreTrainedTokenizerFast"}""");
        Assert.Equal((true, true), (Load().Options.Lowercase, Load().Options.StripAccents));
    }

    [Fact]
    public void Files_that_contradict_each_other_are_refused()
    {
        Write(normalizer: "null");
        Config("""{"do_lower_case":true}""");
        AssertRefused("has no normalizer for");
        Write();
        Config("""{"unk_token":"[PAD]"}""");
        AssertRefused("'unk_token' is '[PAD]', but the model");
    }

    [Theory]
    [InlineData("BertJapaneseTokenizer")]
    [InlineData("PreTrainedTokenizerFast")]
    public void A_vocabulary_file_of_another_kind_of_tokenizer_is_refused(string tokenizerClass)
    {
        File.WriteAllText(_folder.File("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n");
        Config($$$"""{"tokenizer_class":"{{{tokenizerClass}}}"}""");
        Assert.Contains(tokenizerClass, Assert.Throws<InvalidDataException>(Load).Message);
        Config("""{"tokenizer_class":"BertTokenizerFast"}""");
        Assert.Equal(5, Load().VocabSize);
    }

    private ElectraTokenizer Load() => ElectraTokenizer.FromPretrained(_folder.FullPath);

    private void AssertRefused(string expected)
    {
        string message = Assert.Throws<InvalidDataException>(Load).Message;
        Assert.Contains(expected, message);
        Assert.Contains(_folder.FullPath, message);
    }

    private void Config(string json) => File.WriteAllText(_folder.File("tokenizer_config.json"), json);

    private void Write(
        string normalizer = Bert,
        string preTokenizer = """{"type":"BertPreTokenizer"}""",
        string postProcessor = "null",
        string model = "\"type\":\"WordPiece\",",
        string more = "")
    {
        string[] words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "world", "World", "wörld", "Wörld", "\\u0001", "中", "中a", "a", "ab", "abc", "W", "##ö"];
        string vocabulary = string.Join(',', words.Select((word, id) => $"\"{word}\":{id}"));
        File.WriteAllText(_folder.File("tokenizer.json"), $$$"""
            { {{{more}}} "normalizer":{{{normalizer}}},"pre_tokenizer":{{{preTokenizer}}},"post_processor":{{{postProcessor}}},
              "model":{ {{{model}}} "unk_token":"[UNK]","vocab":{ {{{vocabulary}}} } } }
            """);
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

public class TokenizationOptionsTests
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    [Fact]
    public void Every_default_is_what_the_documentation_says()
    {
        // Read as JSON, so that a new option makes this test fail until its default is written down here.
        const string Tokenizer = """
            {"CleanText":true,"Lowercase":true,"StripAccents":null,"TokenizeChineseCharacters":true,"MaxInputCharsPerWord":100,
            "AddedTokens":[],"ModelMaxLength":null,"PadToken":"[PAD]","UnknownToken":"[UNK]","ClsToken":"[CLS]","SepToken":"[SEP]",
            "MaskToken":"[MASK]"}
            """;
        AssertDefaults(Tokenizer, new ElectraTokenizerOptions());
        AssertDefaults(
            """{"Content":"x","Special":false,"LStrip":false,"RStrip":false,"SingleWord":false,"Normalized":null}""",
            new AddedToken { Content = "x" });
        AssertDefaults(
            $$"""{"VocabularySize":30522,"MinimumFrequency":2,"AlphabetLimit":null,"UnusedSlots":0,"MaxDistinctWords":2000000,"Tokenizer":{{Tokenizer}}}""",
            new WordPieceTrainerOptions());
        AssertDefaults("""{"MaxLength":null,"Truncation":"LongestFirst","Padding":"None","AddSpecialTokens":true}""", new EncodingOptions());
    }

    private static void AssertDefaults<T>(string expected, T options) =>
        Assert.Equal(expected.ReplaceLineEndings(string.Empty), JsonSerializer.Serialize(options, Json));
}

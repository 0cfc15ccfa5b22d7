using Electra.Tests.Fuzzing;
using Electra.Tests.Support;
using Electra.Tokenization;
using Xunit.Abstractions;

namespace Electra.Tests.Tokenization;

/// <summary>Whatever is in a tokenizer's files, they give a tokenizer or a clean error.</summary>
[Trait("Category", "Fuzz")]
public sealed class TokenizerFilesFuzzTests : IDisposable
{
    private static readonly Mutator Mutator = new(
        "{", "}", "[", "]", ":", ",", "\"", "null", "true", "false", "0", "-1", "1e999", "2147483648", "\\ud800", "[MASK]", "[PAD]", "##", "\n", "\r", "\uFEFF", "\xC3\xA9", "\"content\"",
        "\"special\": true,", "\"added_tokens\"", "\"vocab\"", "\"id\": 3,");

    private readonly ITestOutputHelper _output;
    private readonly TemporaryFolder _folder = new();

    public TokenizerFilesFuzzTests(ITestOutputHelper output)
    {
        _output = output;
        string[] words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "##s", "sat", "caf\u00e9", "\u732b", "."];
        var options = new ElectraTokenizerOptions { AddedTokens = [new() { Content = "<new>", Special = true }, new() { Content = "two words", SingleWord = true }] };
        new ElectraTokenizer(words, options).SavePretrained(_folder.FullPath);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("vocab.txt")]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer_config.json")]
    public void Mutated_files_never_fail_with_anything_but_a_data_error(string name)
    {
        string path = _folder.File(name);
        byte[] whole = File.ReadAllBytes(path);
        if (name == "vocab.txt") File.Delete(_folder.File("tokenizer.json")); // which would have to say the same
        FuzzRun.Over(name, _output, random =>
        {
            File.WriteAllBytes(path, Mutator.Mutate(whole, random));
            ElectraTokenizer tokenizer = name == "vocab.txt" && random.Next(2) == 0 ? ElectraTokenizer.FromVocabulary(path) : ElectraTokenizer.FromPretrained(_folder.FullPath);
            Assert.All(tokenizer.EncodeToIds("The cats sat. <new> two words \u732b"), id => Assert.InRange(id, 0, tokenizer.VocabSize - 1));
        });
    }
}

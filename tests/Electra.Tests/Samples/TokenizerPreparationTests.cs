using Electra.Configuration;
using Electra.Samples.Pretrain;
using Electra.Samples.Pretrain.Options;
using Electra.Tests.Support;
using Electra.Tokenization;
using Spectre.Console;

namespace Electra.Tests.Samples;

public sealed class TokenizerPreparationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly StringWriter shown = new();

    public void Dispose()
    {
        shown.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_run_finds_the_tokenizers_options_again()
    {
        PretrainArguments arguments = Arguments(Latin()) with { Cased = true };
        Assert.True(Run(arguments with { Steps = 2 }));
        Assert.Contains("Übung", ElectraTokenizer.FromPretrained(folder.File("run")).Vocabulary);
        Assert.True(Run(arguments with { Resume = false }));
        Assert.Contains("reusing", shown.ToString(), StringComparison.Ordinal);
        ElectraTokenizer saved = ElectraTokenizer.FromPretrained(folder.File("run", "discriminator"));
        Assert.Equal((false, null), (saved.Options.Lowercase, saved.Options.StripAccents));
        Assert.Contains("Übung", saved.Tokenize("Übung"));

        shown.GetStringBuilder().Clear();
        Assert.True(Run(arguments with { Cased = false, KeepAccents = true, Output = folder.File("other") }));
        Assert.Equal(["übung"], ElectraTokenizer.FromPretrained(folder.File("other", "discriminator")).Tokenize("ÜBUNG"));
    }

    [Fact]
    public void Other_choices_give_another_corpus()
    {
        PretrainArguments arguments = Arguments(Latin());
        string[] choices =
        [
            .. new[]
            {
                arguments, arguments with { Cased = true }, arguments with { KeepAccents = true }, arguments with { Alphabet = 20 },
                arguments with { MinimumFrequency = 9 },
            }.Select(each => RunPlanBuilder.Build(each).TokenizerChoices),
        ];
        Assert.Equal(["", "cased", "accents kept", "20 characters", "minimum frequency 9"], choices);
        Assert.True(Run(arguments));
        Assert.Contains("another", Assert.Throws<UsageException>(() => Run(arguments with { Cased = true })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_an_earlier_version_with_the_vocabulary_alone_is_read()
    {
        PretrainArguments arguments = Arguments(Latin());
        Assert.True(Run(arguments with { Steps = 2 }));
        foreach (string name in new[] { "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json" }) File.Delete(folder.File("run", name));
        Assert.True(Run(arguments with { Resume = false }));
        Assert.Contains("reusing", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_share_of_words_that_are_lost_is_said_and_warned_of()
    {
        string chinese = folder.Write("zh.txt", string.Concat(Enumerable.Range(0, 80).Select(line =>
            string.Concat(Enumerable.Range(0, 60).Select(i => (char)('一' + (((line * 60) + i) % 700)))) + "\n\n")));
        Assert.True(Run(Arguments(chinese) with { VocabSize = 900 }));
        Assert.Contains("different characters", shown.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("learns nothing", shown.ToString(), StringComparison.Ordinal);

        shown.GetStringBuilder().Clear();
        Assert.True(Run(Arguments(chinese) with { VocabSize = 900, Alphabet = 100, Output = folder.File("limited") }));
        Assert.Contains("% of the text's words are [UNK] to the vocabulary, of which the model learns nothing: try a larger",
            shown.ToString().ReplaceLineEndings(" "), StringComparison.Ordinal);

        shown.GetStringBuilder().Clear();
        string half = string.Concat(Enumerable.Range(0, 350).Select(i => (char)('一' + (2 * i)) + "\n"));
        string vocabulary = folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n" + half);
        Assert.True(Run(Arguments(chinese) with { VocabSize = null, Vocabulary = vocabulary, Output = folder.File("given") }));
        Assert.Contains("50.00 % of the text's words are [UNK]", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("another --vocab", shown.ToString().ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, null, "--alphabet is 0")]
    [InlineData(null, 0, "--min-frequency is 0")]
    public void Numbers_below_one_are_refused(int? alphabet, int? frequency, string expected) => Assert.Contains(expected, Assert.Throws<UsageException>(
        () => RunPlanBuilder.Build(Arguments(Latin()) with { Alphabet = alphabet, MinimumFrequency = frequency })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_given_vocabulary_has_its_characters_already()
    {
        string vocabulary = folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n");
        PretrainArguments given = Arguments(Latin()) with { VocabSize = null, Vocabulary = vocabulary };
        Assert.Contains("--alphabet", Assert.Throws<UsageException>(() => RunPlanBuilder.Build(given with { Alphabet = 9 })).Message, StringComparison.Ordinal);
        Assert.Contains("--min-frequency", Assert.Throws<UsageException>(() => RunPlanBuilder.Build(given with { MinimumFrequency = 9 })).Message, StringComparison.Ordinal);
        Assert.False(RunPlanBuilder.Build(given with { Cased = true }).Learning.Tokenizer.Lowercase);
    }

    private string Latin() => folder.Write("de.txt", string.Concat(Enumerable.Range(0, 60).Select(i => $"Die Übung Nummer {i} ist für alle da, auch für den Hund.\n\n")));

    private PretrainArguments Arguments(string corpus)
    {
        string config = folder.File("tiny.json");
        new ElectraConfig
        {
            NumHiddenLayers = 1,
            HiddenSize = 24,
            NumAttentionHeads = 2,
            EmbeddingSize = 16,
            IntermediateSize = 32,
            MaxPositionEmbeddings = 32,
        }.Save(config);
        return new()
        {
            Corpus = [corpus],
            Model = config,
            VocabSize = 200,
            SequenceLength = 16,
            BatchSize = 4,
            Steps = 1,
            Output = folder.File("run"),
            Device = "cpu",
            Precision = "fp32",
        };
    }

    private bool Run(PretrainArguments arguments) =>
        new PretrainJob(RunPlanBuilder.Build(arguments), PlainConsole.To(shown)).Run(CancellationToken.None);
}

using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Optimization;
using Electra.Pretraining;
using Electra.Samples.Pretrain;
using Electra.Samples.Pretrain.Options;
using Electra.Tests.Checkpoints;
using Electra.Tests.Support;
using Electra.Tokenization;
using Spectre.Console;
using static TorchSharp.torch;

namespace Electra.Tests.Samples;

/// <summary>The sample's --from and its companions.</summary>
public sealed class ContinuedPretrainingTests : IDisposable
{
    private static readonly string[] Words = ["the", "cat", "sat", "on", "a", "mat", "dog", "runs", "home", "now", "green", "tree", "stream", "reads", "writes"];

    private readonly TemporaryFolder folder = new();
    private readonly StringWriter shown = new();

    public ContinuedPretrainingTests()
    {
        var random = new Random(3);
        string Sentence() => string.Join(' ', Enumerable.Range(0, 9).Select(_ => Words[random.Next(Words.Length)])) + ".";
        folder.Write("text/a.txt", string.Join("\n\n", Enumerable.Range(0, 120).Select(_ => $"{Sentence()}\n{Sentence()} Treestream?\n{Sentence()}")));
        string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Words, ".", "##stream", "##s"];
        var config = new ElectraConfig
        {
            VocabSize = vocabulary.Length,
            NumHiddenLayers = 1,
            HiddenSize = 24,
            NumAttentionHeads = 2,
            EmbeddingSize = 16,
            IntermediateSize = 32,
            MaxPositionEmbeddings = 32,
        };
        var tokenizer = new ElectraTokenizer(vocabulary);
        using var model = new ElectraPretrainingModel(config, config.ToGenerator(0.5) with { NumAttentionHeads = 2 }, new PretrainingModelOptions { Seed = 5 }, null);
        model.Discriminator.SavePretrained(folder.File("pair", "discriminator"), tokenizer);
        model.Generator.SavePretrained(folder.File("pair", "generator"), tokenizer);
    }

    private PretrainArguments Arguments => new()
    {
        Corpus = [folder.File("text")],
        From = folder.File("pair"),
        SequenceLength = 16,
        BatchSize = 8,
        MicroBatchSize = 4,
        Steps = 4,
        WarmupSteps = 1,
        LogEvery = 2,
        EvaluateEvery = 0,
        SaveEvery = 2,
        Output = folder.File("run"),
        Device = "cpu",
        Precision = "fp32",
    };

    [Fact]
    public void A_run_from_a_pair_with_more_words_and_positions_resumes_when_the_pair_is_gone()
    {
        string words = folder.Write("words.txt", "Streams\ncat\ntree-stream\nüber\n");
        PretrainArguments arguments = Arguments with { ExtraWords = words, ExtraWordCount = 1, MaxPositions = 48, SequenceLength = 40 };
        Assert.True(Run(arguments));
        Assert.All(
            ["nothing starts fresh", "2 words added to the vocabulary: streams, treestream", "are tokens already: cat", "lacks: uber", "not one word to the tokenizer: tree-stream"],
            line => Assert.Contains(line, shown.ToString().ReplaceLineEndings(" "), StringComparison.Ordinal));
        Assert.Equal(["streams", "treestream"], File.ReadAllLines(folder.File("run", "discriminator", "vocab.txt"))[^2..]);
        using (ElectraForMaskedLM generator = ElectraForMaskedLM.FromPretrained(folder.File("run", "generator")))
            Assert.Equal((25, 48, 12, 2), (generator.Config.VocabSize, generator.Config.MaxPositionEmbeddings, generator.Config.HiddenSize, generator.Config.NumAttentionHeads));

        Directory.Delete(folder.File("pair"), recursive: true);
        Assert.True(Run(arguments with { Steps = 6 }));
        Assert.Contains("going on from step 4", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("began from other weights", Refused(arguments with { From = null, ExtraWords = null, ExtraWordCount = null, MaxPositions = null }), StringComparison.Ordinal);
        Assert.Contains("not from what is typed now", Refused(arguments with { From = folder.File("other") }), StringComparison.Ordinal);
        Assert.Contains("--from:", Refused(arguments with { Resume = false }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stopped_run_from_a_pair_gives_the_bits_of_one_that_was_not_stopped()
    {
        Assert.True(Run(Arguments with { Output = folder.File("whole") }));
        using var cancellation = new CancellationTokenSource();
        using (var watcher = new FileSystemWatcher(folder.FullPath) { IncludeSubdirectories = true, EnableRaisingEvents = true })
        {
            watcher.Created += (_, created) =>
            {
                if (created.Name!.Contains("step-", StringComparison.Ordinal)) cancellation.Cancel();
            };
            Run(Arguments, cancellation.Token);
        }

        Assert.True(Run(Arguments));
        Assert.Equal(
            File.ReadAllBytes(folder.File("whole", "discriminator", "model.safetensors")), File.ReadAllBytes(folder.File("run", "discriminator", "model.safetensors")));
    }

    [Fact]
    public void A_run_that_was_killed_in_its_first_save_begins_with_the_pair_again()
    {
        Assert.True(Run(Arguments));
        byte[] expected = File.ReadAllBytes(folder.File("run", "discriminator", "model.safetensors"));
        Directory.Delete(folder.File("run", "checkpoints"), recursive: true);
        Directory.Delete(folder.File("run", "discriminator"), recursive: true);
        Directory.CreateDirectory(folder.File("run", "checkpoints", "step-000002.partial"));
        Assert.True(Run(Arguments));
        Assert.Equal(expected, File.ReadAllBytes(folder.File("run", "discriminator", "model.safetensors")));
    }

    [Fact]
    public void A_run_that_goes_on_from_another_takes_up_its_average()
    {
        string average = folder.Write("average.json", "{\"AverageDecay\": 0.9999, \"Seed\": 4}");
        PretrainArguments first = Arguments with { OptionsFile = average, Output = folder.File("first") };
        Assert.True(Run(first));
        Assert.True(Run(Arguments with { From = folder.File("first"), Steps = 5, LearningRate = 1e-12, Output = folder.File("next") }));
        using var scope = NewDisposeScope();
        using SafetensorsReader before = Checkpoint("first", 4), after = Checkpoint("next", 5);
        foreach (string name in before.Entries.Keys.Where(name => name.StartsWith("average.", StringComparison.Ordinal)))
        {
            Tensor last = before.ReadTensor(name.Replace("average.", "parameters.", StringComparison.Ordinal));
            Assert.True(allclose(before.ReadTensor(name).lerp(last, tensor(1 - (5f / 14))), after.ReadTensor(name), 1e-4, 1e-6), name); // decay (1 + 4) / (10 + 4)
        }

        SafetensorsReader Checkpoint(string run, int step) => SafetensorsReader.Open(folder.File(run, "checkpoints", $"step-{step:D6}", "state.safetensors"));
    }

    [Fact]
    public void The_first_weights_are_those_of_the_pair()
    {
        Assert.True(Run(Arguments with { Steps = 1, LearningRate = 1e-12 }));
        using var scope = NewDisposeScope();
        foreach (string network in new[] { "discriminator", "generator" })
        {
            using SafetensorsReader before = SafetensorsReader.Open(folder.File("pair", network, "model.safetensors")), after = SafetensorsReader.Open(folder.File("run", network, "model.safetensors"));
            Assert.All(before.Entries.Keys, name => Assert.True(allclose(before.ReadTensor(name), after.ReadTensor(name), 0, 1e-9), name));
        }
    }

    [Fact]
    public void A_discriminator_alone_gets_a_fresh_generator_and_a_run_goes_on_with_its_moments_unless_told()
    {
        PretrainArguments alone = Arguments with { From = folder.File("pair", "discriminator"), Output = folder.File("first") };
        Assert.True(Run(alone));
        Assert.Contains("the generator starts fresh", shown.ToString(), StringComparison.Ordinal);
        PretrainArguments next = Arguments with { From = folder.File("first"), Steps = 6 };
        Assert.True(Run(next));
        Assert.Contains("with the optimizer's moments, from step 4", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("--from-state fresh", Refused(next with { Steps = 4, Output = folder.File("short") }), StringComparison.Ordinal);
        shown.GetStringBuilder().Clear();
        Assert.True(Run(next with { Steps = 2, KeepsState = false, Output = folder.File("anew") }));
        Assert.DoesNotContain("moments", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_contradicts_the_weights_is_refused()
    {
        Assert.Contains("drop them", Refused(Arguments with { VocabSize = 300 }), StringComparison.Ordinal);
        Assert.Contains("vocabulary and casing are those of", Refused(Arguments with { Cased = true }), StringComparison.Ordinal);
        Assert.Contains("that of", Refused(Arguments with { GeneratorSize = 0.25 }), StringComparison.Ordinal);
        Assert.Contains("1 layers x 24", Refused(Arguments with { Model = "small" }), StringComparison.Ordinal);
        Assert.Contains("32 positions already", Refused(Arguments with { MaxPositions = 16 }), StringComparison.Ordinal);
        Assert.Contains("over the 32 positions", Refused(Arguments with { SequenceLength = 40 }), StringComparison.Ordinal);
        Assert.Contains("--max-positions", Refused(Arguments with { Positions = "sinusoidal" }), StringComparison.Ordinal);
        Assert.Contains("--from", Refused(Arguments with { From = null, MaxPositions = 64 }), StringComparison.Ordinal);
        Assert.Contains("nothing that a run can begin with", Refused(Arguments with { From = folder.File("text") }), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [SkippableFact]
    public void Googles_checkpoint_goes_on_with_its_moments_update_and_rates()
    {
        PretrainArguments arguments = Arguments with { From = GoogleTiny.Folder, FromHeads = GoogleTiny.Heads, Steps = 44, WarmupSteps = 10 };
        PretrainingOptions options = RunPlanBuilder.Build(arguments).Options;
        Assert.Equal((AdamWFlavor.Google, LearningRateScheduleKind.Google), (options.Optimizer.Flavor, options.Schedule));
        Assert.True(Run(arguments));
        Assert.Contains("with the optimizer's moments, from step 40", shown.ToString(), StringComparison.Ordinal);
        Assert.True(Directory.Exists(folder.File("run", "checkpoints", "step-000044")));
        Assert.Equal(AdamWFlavor.Standard, RunPlanBuilder.Build(arguments with { KeepsState = false, Output = folder.File("anew") }).Options.Optimizer.Flavor);
    }

    public void Dispose()
    {
        shown.Dispose();
        folder.Dispose();
    }

    private string Refused(PretrainArguments arguments) => Assert.Throws<UsageException>(() => Run(arguments)).Message;

    private bool Run(PretrainArguments arguments, CancellationToken cancellationToken = default) =>
        new PretrainJob(RunPlanBuilder.Build(arguments), PlainConsole.To(shown)).Run(cancellationToken);
}

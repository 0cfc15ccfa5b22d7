using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Samples.Pretrain;
using Electra.Samples.Pretrain.Options;
using Electra.Tests.Support;
using Electra.Tokenization;
using Spectre.Console;

namespace Electra.Tests.Samples;

public sealed class PretrainJobTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly StringWriter shown = new();
    private readonly string config;

    public PretrainJobTests()
    {
        var random = new Random(3);
        string[] words = ["the", "cat", "sat", "on", "a", "mat", "dog", "runs", "home", "now", "green", "tree", "stream", "reads",
            "writes"];
        string Sentence() => string.Join(' ', Enumerable.Range(0, 9).Select(_ => words[random.Next(words.Length)])) + ".";
        for (int file = 0; file < 2; file++)
        {
            IEnumerable<string> documents = Enumerable.Range(0, 60).Select(_ => $"{Sentence()}\n{Sentence()}\n{Sentence()}");
            folder.Write($"text/{file}.txt", string.Join("\n\n", documents));
        }

        config = folder.File("tiny.json");
        ElectraConfig small = new()
        {
            NumHiddenLayers = 1,
            HiddenSize = 24,
            NumAttentionHeads = 2,
            EmbeddingSize = 16,
            IntermediateSize = 32,
            MaxPositionEmbeddings = 32,
        };
        small.Save(config);
    }

    [Fact]
    public void Bfloat16_on_a_processor_without_products_of_it_is_refused_before_anything_is_written()
    {
        string[] lines = Support.ChildProgram.Run(RefuseBFloat16, folder.File("."), Support.ChildProgram.WithoutBFloat16, Support.ChildProgram.Bare);
        Assert.Equal(
            ["exit code 2: --precision bf16: this processor has no bfloat16 product (AVX512_BF16); use --precision fp32 or auto.", "written: False"],
            lines);
    }

    private static void RefuseBFloat16(string folder)
    {
        var errors = new StringWriter();
        Console.SetError(errors);
        string output = Path.Combine(folder, "refused");
        string[] arguments = ["--corpus", Path.Combine(folder, "text"), "--precision", "bf16", "--device", "cpu", "--output", output];
        object? code = typeof(PretrainJob).Assembly.EntryPoint!.Invoke(null, [arguments]);
        Console.WriteLine($"exit code {code}: {errors.ToString().Trim()}");
        Console.WriteLine($"written: {Directory.Exists(output)}");
    }

    private PretrainArguments Arguments => new()
    {
        Corpus = [folder.File("text")],
        Model = config,
        VocabSize = 200,
        SequenceLength = 16,
        BatchSize = 8,
        MicroBatchSize = 4,
        Steps = 6,
        LogEvery = 2,
        EvaluateEvery = 4,
        SaveEvery = 3,
        Output = folder.File("run"),
        Device = "cpu",
        Precision = "fp32",
    };

    [Fact]
    public void The_whole_job_leaves_models_that_load_curves_and_figures()
    {
        Assert.True(Run(Arguments));
        using ElectraForPreTraining discriminator = ElectraForPreTraining.FromPretrained(folder.File("run", "discriminator"));
        string card = File.ReadAllText(folder.File("run", "discriminator/README.md"));
        foreach (string part in new[] { "library_name: transformers", "0.txt, 1.txt: 120 documents", "| updates |", "ElectraForPreTraining.FromPretrained(folder)", "AutoTokenizer" })
            Assert.Contains(part, card, StringComparison.Ordinal);
        Assert.DoesNotContain(folder.FullPath, card, StringComparison.Ordinal);
        using ElectraForMaskedLM generator = ElectraForMaskedLM.FromPretrained(folder.File("run", "generator"));
        Assert.Equal(ElectraTokenizer.FromPretrained(folder.File("run", "discriminator")).VocabSize,
            discriminator.Electra.Config.VocabSize);
        string metrics = File.ReadAllText(folder.File("run", "metrics.jsonl"));
        Assert.All(["train", "evaluation", "final"], kind => Assert.Contains($"\"kind\":\"{kind}\"", metrics, StringComparison.Ordinal));
        Assert.All(["swap_top1", "swap_frequency_top1", "token_identity_auc", "uniform_replacements_frequency_auc", "unigram_loss"], name =>
            Assert.Contains(name, metrics, StringComparison.Ordinal));
        Assert.True(File.Exists(folder.File("run", "training.png")));
        Assert.NotEmpty(Directory.GetFiles(folder.File("run", "tensorboard")));
        Assert.Contains("word frequencies, at the same places", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("(was: ", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_start_reuses_the_shards_and_refuses_other_options_unless_it_starts_over()
    {
        Assert.True(Run(Arguments with { Steps = 3, WarmupSteps = 1 }));
        DateTime written = File.GetLastWriteTimeUtc(folder.File("run", "shards", "shards.json"));
        Assert.Contains("LearningRate is 0.001 now, but was 0.0005", Assert.Throws<UsageException>(
            () => Run(Arguments with { Steps = 3, WarmupSteps = 1, LearningRate = 1e-3 })).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("deleting", shown.ToString(), StringComparison.Ordinal);
        Assert.True(Run(Arguments with { Resume = false }));
        Assert.Contains("deleting the run in", shown.ToString(), StringComparison.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(folder.File("run", "shards", "shards.json")));
        Assert.Contains("reusing", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_job_saves_and_the_same_command_finishes_it()
    {
        using var cancellation = new CancellationTokenSource();
        var watcher = new FileSystemWatcher(folder.FullPath) { IncludeSubdirectories = true, EnableRaisingEvents = true };
        watcher.Created += (_, created) =>
        {
            if (created.Name!.Contains("step-", StringComparison.Ordinal)) cancellation.Cancel();
        };
        bool isComplete = Run(Arguments with { Steps = 400, LogEvery = 50, EvaluateEvery = 0 }, cancellation.Token);
        watcher.Dispose();
        Assert.False(isComplete);
        Assert.False(Directory.Exists(folder.File("run", "discriminator")));
        Assert.NotEmpty(Directory.GetDirectories(folder.File("run", "checkpoints")));
        Assert.True(Run(Arguments with { Steps = 400, LogEvery = 50, EvaluateEvery = 0 }));
        Assert.Contains("going on from step", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Phases_and_a_ramp_are_shown_trained_and_logged()
    {
        Assert.True(Run(Arguments with { SequenceLength = null, Phases = "16:0.5,32x4:0.5", BatchRamp = "4:0.5" }));
        Assert.Contains("6 steps of 8 x 16 tokens (50 %), 4 x 32 tokens (50 %), batches growing from 4 over 50 %", shown.ToString(),
            StringComparison.Ordinal);
        string metrics = File.ReadAllText(folder.File("run", "metrics.jsonl"));
        Assert.Contains("\"sequence_length\":16,\"batch_size\":4", metrics, StringComparison.Ordinal);
        Assert.Contains("\"sequence_length\":32,\"batch_size\":4", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public void An_average_of_the_weights_is_what_is_judged_and_written()
    {
        Assert.True(Run(Arguments with { OptionsFile = folder.Write("options.json", """{"AverageDecay": 0.5, "LearningRate": 1e-2}""") }));
        Assert.Contains("the average of the weights (decay 0.5)", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"averaged_mask_loss\":", File.ReadAllText(folder.File("run", "metrics.jsonl")), StringComparison.Ordinal);
        using var state = SafetensorsReader.Open(folder.File("run", "checkpoints", "step-000006", "state.safetensors"));
        foreach (string network in (string[])["discriminator", "generator"])
        {
            const string name = "electra.encoder.layer.0.attention.self.query.weight";
            using var written = SafetensorsReader.Open(folder.File("run", network, "model.safetensors"));
            float[] there = Values(written, name);
            Assert.Equal(Values(state, $"average.{network}.{name}"), there);
            Assert.NotEqual(Values(state, $"parameters.{network}.{name}"), there);
        }
    }

    private static float[] Values(SafetensorsReader file, string name)
    {
        using TorchSharp.torch.Tensor tensor = file.ReadTensor(name);
        return [.. tensor.view(-1).data<float>()];
    }

    [Fact]
    public void A_plain_masked_model_is_trained_by_the_same_job()
    {
        Assert.True(Run(Arguments with { Objective = "mlm" }));
        Assert.False(Directory.Exists(folder.File("run", "discriminator")));
        using ElectraForMaskedLM model = ElectraForMaskedLM.FromPretrained(folder.File("run", "generator"));
        Assert.Equal(24, model.Electra.Config.HiddenSize);
    }

    [Fact]
    public void A_bad_corpus_line_is_named_and_nothing_is_written()
    {
        string corpus = folder.Write("bad.jsonl", """
            {"text":"a fine line"}
            {"text":"not closed
            {"text":"another fine line"}
            """);
        string message = Assert.Throws<UsageException>(() => Run(Arguments with { Corpus = [corpus] })).Message;
        Assert.Contains("bad.jsonl, line 2", message, StringComparison.Ordinal);
        Assert.Contains("--bad-lines skip", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void Bad_lines_are_counted_and_skipped_when_asked()
    {
        string corpus = folder.Write("bad.jsonl", string.Concat(Enumerable.Repeat("{\"text\":\"the cat sat on a mat.\"}\nnonsense\n", 40)));
        Assert.True(Run(Arguments with { Corpus = [corpus, folder.File("text")], SkipBadLines = true }));
        Assert.Contains("40 lines", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_corpus_that_was_copied_again_or_moved_is_the_same_and_the_run_goes_on()
    {
        Assert.True(Run(Arguments with { Steps = 2, WarmupSteps = 1 }));
        foreach (string file in Directory.GetFiles(folder.File("text"))) File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        Directory.Move(folder.File("text"), folder.File("moved"));
        Assert.True(Run(Arguments with { Corpus = [folder.File("moved", "*.txt")], Steps = 2, WarmupSteps = 1 }));
        Assert.Contains("this run is complete", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_corpus_around_the_output_folder_stays_the_same_while_the_run_writes_there()
    {
        PretrainArguments around = Arguments with { Corpus = [folder.File("**", "*.txt")], Steps = 2, WarmupSteps = 1 };
        Assert.True(Run(around));
        Assert.True(Run(around));
        Assert.Contains("this run is complete", shown.ToString(), StringComparison.Ordinal);
        Assert.True(Run(around with { Output = folder.File("second") }));
        Assert.Equal(File.ReadAllText(folder.File("run", "vocab.txt")), File.ReadAllText(folder.File("second", "vocab.txt")));
        Assert.Contains($"1 with a run or a model in it ({folder.File("run")})", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_corpus_is_refused_with_what_changed_and_both_ways_on_work()
    {
        PretrainArguments arguments = Arguments with { Steps = 2, WarmupSteps = 1 };
        Assert.True(Run(arguments));
        folder.Write("text/new.txt", "A new text.");
        string message = Assert.Throws<UsageException>(() => Run(arguments with { VocabSize = 210 })).Message;
        Assert.All(
            [$"new: {folder.File("text", "new.txt")}", "vocabulary is learned, 210 tokens, but was learned, 200 tokens", "--corpus-changed keep", "--resume never"],
            part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', message);

        Assert.True(Run(arguments with { VocabSize = 210, KeepPrepared = true }));
        Assert.True(Run(arguments with { Corpus = [folder.File("gone")], KeepPrepared = true }));
        Assert.Contains("this run is complete", shown.ToString(), StringComparison.Ordinal);
        Assert.True(Run(arguments with { Resume = false }));
        Assert.Contains("preparing anew", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("new.txt", File.ReadAllText(folder.File("run", "shards", "shards.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_lines_that_can_be_skipped_are_offered_to_be()
    {
        File.WriteAllText(folder.File("text", "b.txt"), "Two bytes a character", System.Text.Encoding.Unicode);
        string message = Assert.Throws<UsageException>(() => Run(Arguments)).Message;
        Assert.Contains("UTF-16", message, StringComparison.Ordinal);
        Assert.DoesNotContain("--bad-lines", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_without_blank_lines_is_one_document_of_which_lines_are_held_out_unless_each_line_is_one()
    {
        var random = new Random(5);
        string Line() => string.Join(' ', Enumerable.Range(0, 12).Select(_ => (char)('a' + random.Next(26))));
        PretrainArguments arguments = Arguments with
        {
            Corpus = [folder.Write("lines.txt", string.Join('\n', Enumerable.Range(0, 500).Select(_ => Line())))],
            HeldOutShare = 0.02,
            Steps = 2,
            WarmupSteps = 1,
        };
        Assert.True(Run(arguments));
        Assert.All(
            ["1 .txt file (blank lines separate documents)", "1 document with 6,000 tokens", "If each line is one: --one-document-per-line.",
                "held out 2.00 % of it: 1 run of lines out of documents too long to hold out whole, 120 tokens", "Figures measured on 120 tokens tell little"],
            line => Assert.Contains(line, shown.ToString(), StringComparison.Ordinal));
        Assert.True(Run(arguments with { OneDocumentPerLine = true, Output = folder.File("lines") }));
        Assert.All(
            ["1 .txt file (every line is a document)", "500 documents with 6,000 tokens", "held out 2.00 % of it: 10 documents, 120 tokens"],
            line => Assert.Contains(line, shown.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_text_of_which_nothing_can_be_held_out_is_refused_and_nothing_is_written()
    {
        string corpus = folder.Write("again.txt", string.Concat(Enumerable.Repeat("the same line again\n", 500)));
        string message = Assert.Throws<UsageException>(() => Run(Arguments with { Corpus = [corpus] })).Message;
        Assert.Contains("it repeats itself", message, StringComparison.Ordinal);
        Assert.Contains("--held-out", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void A_vocabulary_that_is_given_is_used_as_it_is()
    {
        string vocabulary = folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncat\nsat\non\na\nmat\n.\n");
        Assert.True(Run(Arguments with { Vocabulary = vocabulary, VocabSize = null }));
        Assert.Equal(File.ReadAllText(vocabulary), File.ReadAllText(folder.File("run", "vocab.txt")));
    }

    public void Dispose()
    {
        shown.Dispose();
        folder.Dispose();
    }

    private bool Run(PretrainArguments arguments, CancellationToken cancellationToken = default) =>
        new PretrainJob(RunPlanBuilder.Build(arguments), PlainConsole.To(shown)).Run(cancellationToken);
}

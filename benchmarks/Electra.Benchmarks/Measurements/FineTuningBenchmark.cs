using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Results;
using Electra.Benchmarks.Timing;
using Electra.Benchmarks.Workloads;
using Electra.Benchmarks.Yardstick;
using Electra.Checkpoints;
using Electra.Configuration;
using Electra.FineTuning;
using Electra.Modeling;
using Electra.Tokenization;

namespace Electra.Benchmarks.Measurements;

/// <summary>Times updates of a text classifier under each way of padding, in turn, on the same examples in the same order.</summary>
internal static class FineTuningBenchmark
{
    private const int Examples = 20_000;
    private const int UpdatesARound = 8;
    private static readonly BatchPadding[] Paddings = [BatchPadding.ByLength, BatchPadding.Longest, BatchPadding.MaxLength];

    /// <summary>Runs it.</summary>
    public static BenchmarkResult Run(BenchmarkSettings settings)
    {
        (string source, ExampleSet<TextExample> examples) = Read(settings);
        using var folder = new TemporaryFolder();
        ElectraConfig config = WriteEncoder(settings, examples, folder["encoder"]);
        var task = new TextClassificationTask(
            "phrases", LabelKind.SingleLabel, examples, [("dev", examples with { Examples = [.. examples.Examples.Take(1)] })]);
        FineTuningTrainer[] trainers =
        [
            .. Paddings.Select(padding => new FineTuningTrainer(
                folder["encoder"], task, Options(settings, padding, folder[padding.ToString()]), settings.Device)),
        ];
        try
        {
            return Measure(settings, config, trainers, $"{source}, at most {settings.SequenceLength} tokens, {settings.BatchSize} an update");
        }
        finally
        {
            foreach (FineTuningTrainer trainer in trainers) trainer.Dispose();
        }
    }

    private static BenchmarkResult Measure(BenchmarkSettings settings, ElectraConfig config, FineTuningTrainer[] trainers, string workload)
    {
        using var yardstick = new YardstickBeside(settings.Dtype, settings.Device);
        double flops = 3 * ModelFlops.OfTower(config, settings.SequenceLength) * UpdatesARound * settings.Tokens;
        List<double>[] seconds = [.. Paddings.Select(_ => new List<double>())];
        for (int round = -settings.Warmup; round < settings.Steps; round++)
        {
            foreach ((int i, FineTuningTrainer trainer) in trainers.Index())
            {
                double elapsed = Repeat.Once(settings.Device, () =>
                {
                    for (int update = 0; update < UpdatesARound; update++) trainer.Step();
                });
                if (round < 0) continue;
                seconds[i].Add(elapsed);
                if (Paddings[i] == BatchPadding.MaxLength) yardstick.Add(flops, elapsed);
            }
        }

        double each = UpdatesARound * settings.BatchSize;
        return new BenchmarkResult(
            "finetune", $"FineTuningTrainer.Step on {workload}; rounds of {UpdatesARound} updates, each padding in turn",
            [
                new("examples",
                [
                    .. Paddings.Index().Select(padding => Figure.Of(
                        $"padded_{Name(padding.Item)}", Distribution.Of(seconds[padding.Index]).RateOf(each), "examples/s")),
                ]),
                new("time_of_the_same_examples_as_a_multiple_of_by_length",
                [
                    .. Paddings.Index().Skip(1).Select(padding => Figure.Of(
                        $"padded_{Name(padding.Item)}", Distribution.Of(seconds[padding.Index].Zip(seconds[0], (other, own) => other / own)), "")),
                ]),
                yardstick.Figures with { Name = "utilisation_padded_to_max_length_beside_each_run" },
            ]);
    }

    private static string Name(BatchPadding padding) => padding switch
    {
        BatchPadding.ByLength => "by_length",
        BatchPadding.Longest => "to_longest",
        _ => "to_max_length",
    };

    private static FineTuningOptions Options(BenchmarkSettings settings, BatchPadding padding, string output) => new()
    {
        Epochs = 100, // more than is timed
        BatchSize = settings.BatchSize,
        MaxLength = settings.SequenceLength,
        Padding = padding,
        Precision = settings.Options.Precision,
        OutputFolder = output,
    };

    private static (string Source, ExampleSet<TextExample> Examples) Read(BenchmarkSettings settings) => settings.Corpus.Count == 0
        ? ("synthetic phrases as long as SST-2's", LabelledPhrases.Draw(Examples))
        : settings.Corpus.Count == 1
            ? (settings.Corpus[0], TextTable.Read(settings.Corpus[0], new TableColumns("sentence", "label"), kind: LabelKind.SingleLabel).Set)
            : throw new UsageException("finetune reads one --corpus file: a table with the columns sentence and label, as SST-2's train.tsv.");

    // With weights as they are drawn: what a step takes does not depend on them.
    private static ElectraConfig WriteEncoder(BenchmarkSettings settings, ExampleSet<TextExample> examples, string folder)
    {
        ElectraTokenizer tokenizer = settings.Vocabulary is string file
            ? ElectraTokenizer.FromVocabulary(file)
            : LearnedVocabulary.Of(examples.Examples.Select(example => example.Text));
        ElectraConfig config = settings.Config.WithVocabulary(tokenizer);
        using var model = new ElectraForPreTraining(config, seed: 0);
        model.SavePretrained(folder, tokenizer);
        return config;
    }
}

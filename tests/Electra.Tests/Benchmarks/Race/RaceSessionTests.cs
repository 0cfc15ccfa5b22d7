using System.Text.Json.Nodes;
using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Race;
using Electra.Benchmarks.Race.Results;
using Electra.Configuration;
using Electra.Tests.Support;

namespace Electra.Tests.Benchmarks.Race;

public class RaceSessionTests
{
    private const string Options = """{ "Data": { "SequenceLength": 16, "BatchSize": 8 }, "Precision": "Float32", "LearningRate": 2e-3 }""";

    private static readonly string[] Words = ["sun", "moon", "tree", "river", "stone", "bird", "cloud", "road", "house", "light"];

    private static RaceArguments Prepare(TemporaryFolder folder, string output)
    {
        string config = folder.File("config.json");
        new ElectraConfig
        {
            EmbeddingSize = 16,
            HiddenSize = 16,
            NumHiddenLayers = 1,
            NumAttentionHeads = 2,
            IntermediateSize = 32,
            MaxPositionEmbeddings = 32,
        }.Save(config);
        config = System.Text.Json.JsonSerializer.Serialize(config);
        folder.Write(
            "race.json",
            $$"""
            [ { "name": "pair", "model": {{config}}, "options": {{Options}} },
              { "name": "alone", "model": {{config}}, "options": {{Options.Replace("{ \"Data\"", "{ \"Model\": { \"Objective\": \"MaskedLM\" }, \"Data\"", StringComparison.Ordinal)}} } ]
            """);
        folder.Write("vocab.txt", string.Join('\n', [.. new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "." }, .. Words]));
        var random = new Random(5);
        folder.Write("text.txt", string.Join("\n\n", Enumerable.Range(0, 120).Select(_ => string.Join('\n', Enumerable.Range(0, 3).Select(_ =>
            string.Join(' ', Enumerable.Range(0, 7).Select(_ => Words[(int)(10 * Math.Pow(random.NextDouble(), 2))])) + " .")))));
        folder.Write("pairs.jsonl", """{"sentence_good": "sun moon .", "sentence_bad": "moon sun river ."}""");
        return new RaceArguments
        {
            Variants = folder.File("race.json"),
            Corpus = [folder.File("text.txt")],
            Vocabulary = folder.File("vocab.txt"),
            Tokens = 16 * 8 * 24,
            Seeds = 2,
            Slices = 3,
            HeldOut = 0.2,
            MinimalPairs = folder.File("pairs.jsonl"),
            Threads = 1,
            Output = folder.File(output),
        };
    }

    // Everything but how long it took.
    private static JsonNode Timeless(string output)
    {
        JsonNode results = JsonNode.Parse(File.ReadAllText(Path.Combine(output, "results.json")))!;
        foreach (JsonNode? run in results["runs"]!.AsArray()) Assert.True(run!.AsObject().Remove("seconds"));
        return results;
    }

    [Fact]
    public void A_race_that_was_stopped_ends_as_one_that_was_not()
    {
        using var folder = new TemporaryFolder();
        RaceReport report = RaceSession.Run(Prepare(folder, "whole"), _ => { }, default)!;
        Assert.Equal(["pair", "alone"], report.Variants.Select(variant => variant.Name));
        Assert.All(report.Variants, variant => Assert.Equal(2, variant.Runs.Count));
        Assert.All(report.Variants.SelectMany(variant => variant.Runs), run => Assert.Equal(24, run.Updates));
        Assert.True(File.Exists(folder.File("whole", "race.png")));
        Assert.True(File.Exists(folder.File("whole", "pair", "seed-1", "encoder", "model.safetensors")));

        RaceArguments again = Prepare(folder, "parts");
        for (int stops = 1; stops <= 4; stops++)
        {
            using var stop = new CancellationTokenSource();
            int lines = 0;
            Assert.Null(RaceSession.Run(again, _ => { if (++lines == 1 + stops) stop.Cancel(); }, stop.Token));
        }

        Assert.NotNull(RaceSession.Run(again, _ => { }, default));
        JsonNode expected = Timeless(folder.File("whole")), actual = Timeless(folder.File("parts"));
        Assert.True(JsonNode.DeepEquals(expected, actual), $"{expected}\n{actual}");

        // a masked LM has figures of the masks and the sentences only
        Assert.Equal(
            ["mask_loss", "mask_accuracy", "minimal_pairs"], report.Variants[1].Runs[0].Figures.Keys);
        Assert.Equal(
            ["mask_loss", "mask_accuracy", "rtd_auc", "uniform_replacements_auc", "unigram_replacements_auc", "swapped_neighbours_auc", "swap_top1", "minimal_pairs"],
            report.Variants[0].Runs[0].Figures.Keys);
        Assert.Contains("knows nothing", report.Table(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_race_goes_on_only_as_it_was_begun_but_may_grow()
    {
        using var folder = new TemporaryFolder();
        RaceArguments arguments = Prepare(folder, "race") with { Seeds = 1, Slices = 1 };
        Assert.NotNull(RaceSession.Run(arguments, _ => { }, default));
        string results = File.ReadAllText(folder.File("race", "results.json"));
        Assert.NotNull(RaceSession.Run(arguments with { Slices = 5 }, _ => { }, default));
        Assert.Equal(results, File.ReadAllText(folder.File("race", "results.json")));

        void Refused(RaceArguments changed, string expected) => Assert.Contains(
            expected, Assert.Throws<UsageException>(() => RaceSession.Run(changed, _ => { }, default)).Message, StringComparison.Ordinal);
        Refused(arguments with { Tokens = 16 * 8 * 30 }, "limit is");
        Refused(arguments with { HeldOut = 0.3 }, "held_out is");
        string json = File.ReadAllText(arguments.Variants);
        File.WriteAllText(arguments.Variants, json.Replace("2e-3", "1e-3", StringComparison.Ordinal));
        Refused(arguments, "of variant 'pair', options.LearningRate is 0.001 now, but was 0.002");
        File.WriteAllText(arguments.Variants, json);
        File.AppendAllText(folder.File("text.txt"), "\n\nsun .");
        Refused(arguments, "another text or vocabulary");
        Prepare(folder, "race");

        RaceReport grown = RaceSession.Run(arguments with { Seeds = 2 }, _ => { }, default)!;
        Assert.All(grown.Variants, variant => Assert.Equal([1, 2], variant.Runs.Select(run => run.Seed)));
    }

    [Fact]
    public void What_cannot_work_is_refused_before_anything_is_written()
    {
        using var folder = new TemporaryFolder();
        RaceArguments arguments = Prepare(folder, "race");
        void Refused(RaceArguments changed, string expected)
        {
            Assert.Contains(expected, Assert.Throws<UsageException>(() => RaceSession.Run(changed, _ => { }, default)).Message, StringComparison.Ordinal);
            Assert.False(Directory.Exists(folder.File("race")));
        }

        Refused(arguments with { Tokens = null }, "one of --budget");
        Refused(arguments with { Flops = 1e12 }, "one of --budget");
        Refused(arguments with { Variants = folder.File("none.json") }, "does not exist");
        Refused(arguments with { Vocabulary = folder.File("none.txt") }, "--vocab");
        Refused(arguments with { Corpus = [folder.File("none.txt")] }, "--corpus");
        Refused(arguments with { MinimalPairs = folder.File("none.zip") }, "--blimp");
        Refused(arguments with { Tasks = ["SST-2"] }, "--glue and --tasks");
        Refused(arguments with { Tasks = ["SST-3"], Glue = folder.FullPath }, "--tasks");
        Refused(arguments with { Length = 64 }, "over the 32 positions");
        Refused(arguments with { HeldOut = 1.5 }, "--held-out");
        Refused(arguments with { Device = "gpu" }, "--device takes cpu");
        string json = File.ReadAllText(arguments.Variants);
        File.WriteAllText(arguments.Variants, json.Replace("\"SequenceLength\": 16", "\"SequenceLength\": 64", StringComparison.Ordinal));
        Refused(arguments, "variant 'pair': sequences of 64 tokens are over the network's 32 positions");
        File.WriteAllText(arguments.Variants, "[]");
        Refused(arguments, "JSON list");
    }
}

using System.CommandLine;
using System.Globalization;
using Electra.Benchmarks.Measurements;

namespace Electra.Benchmarks.CommandLine;

/// <summary>The command line: one command a benchmark, and <c>all</c>.</summary>
internal static class BenchmarkCommand
{
    private static readonly Option<string?> Model = Text(
        "--model", "tiny|mini|small|base|large|config.json",
        "The discriminator's sizes; the generator's and the masked share come from its recipe. Default: small.");

    private static readonly Option<string?> Precision = Choice(
        "--precision", "Element type of activations and products. Default: bf16 where the device multiplies it fast.", "fp32", "bf16");

    private static readonly Option<int?> BatchSize = Number("--batch-size", "Sequences a step (or a forward pass). Default: 32.", 1);
    private static readonly Option<int?> MicroBatchSize = Number("--micro-batch-size", "Sequences a forward pass. Default: all.", 1);
    private static readonly Option<int?> SequenceLength = Number("--sequence-length", "Tokens a sequence. Default: 128.", 8);
    private static readonly Option<int?> Steps = Number("--steps", "Measured repeats. Default: 20 (on a GPU 100).", 1);
    private static readonly Option<int?> Warmup = Number("--warmup", "Repeats that do not count. Default: 3 (on a GPU 10).", 0);
    private static readonly Option<int?> Threads = Number("--threads", "Of libtorch and tokenization. Default: all processors.", 1);
    private static readonly Option<string?> Device = Text("--device", "cpu|cuda[:n]", "Where the model runs. Default: cpu.");
    private static readonly Option<string?> Fused = Choice("--fused", "Whether own CPU kernels run. Default: on.", "on", "off");
    private static readonly Option<bool> Recompute = new("--recompute") { Description = "Compute activations again in the backward pass." };
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object instead of text." };

    private static readonly Option<string[]> Corpus = new("--corpus")
    {
        HelpName = "path or glob",
        Description = "Text to tokenize (.txt, .jsonl, .parquet, plain, .gz or .zst). Default: synthetic text.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string?> Vocabulary = Text(
        "--vocab", "vocab.txt", "The WordPiece vocabulary to tokenize with. Default: learned from the first megabytes of the text.");

    /// <summary>Builds the command; <paramref name="run"/> is given the names of the benchmarks to run and gives the exit code.</summary>
    public static RootCommand Create(Func<BenchmarkArguments, IReadOnlyList<string>, int> run)
    {
        var root = new RootCommand("Measures Electra. Exit codes: 0 good, 1 failed, 2 wrong use, 3 measured while the machine was busy, "
            + "4 curves further apart than the noise.");
        foreach (BenchmarkKind kind in BenchmarkKind.All) root.Add(Command(kind.Name, kind.Description, [kind.Name]));
        root.Add(Command("all", "Each of them, one after the other.", [.. BenchmarkKind.All.Select(kind => kind.Name)]));
        return root;

        Command Command(string name, string description, IReadOnlyList<string> benchmarks)
        {
            var command = new Command(name, description)
            {
                Model, Precision, BatchSize, MicroBatchSize, SequenceLength, Steps, Warmup, Threads, Device, Fused, Recompute, Corpus,
                Vocabulary, Json,
            };
            command.SetAction(result => run(Read(result), benchmarks));
            return command;
        }
    }

    /// <summary>The first thing wrong with the command line, as one line; null when it parses.</summary>
    public static string? FirstError(ParseResult result) =>
        result.Errors.Count == 0 ? null : result.Errors[0].Message.ReplaceLineEndings(" ") + " See --help.";

    private static BenchmarkArguments Read(ParseResult result) => new()
    {
        Model = result.GetValue(Model),
        Precision = result.GetValue(Precision),
        BatchSize = result.GetValue(BatchSize),
        MicroBatchSize = result.GetValue(MicroBatchSize),
        SequenceLength = result.GetValue(SequenceLength),
        Steps = result.GetValue(Steps),
        Warmup = result.GetValue(Warmup),
        Threads = result.GetValue(Threads),
        Device = result.GetValue(Device),
        Fused = result.GetValue(Fused),
        Recompute = result.GetValue(Recompute),
        Json = result.GetValue(Json),
        Corpus = result.GetValue(Corpus) ?? [],
        Vocabulary = result.GetValue(Vocabulary),
    };

    internal static Option<string?> Text(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };

    internal static Option<int?> Number(string name, string description, int smallest) => new(name)
    {
        Description = description,
        HelpName = "n",
        CustomParser = result =>
        {
            string typed = result.Tokens[0].Value;
            if (int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= smallest) return value;
            result.AddError($"{name} takes a whole number from {smallest} on, not '{typed}'.");
            return null;
        },
    };

    internal static Option<string?> Choice(string name, string description, params string[] choices) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', choices),
        CustomParser = result =>
        {
            string typed = result.Tokens[0].Value;
            if (choices.Contains(typed)) return typed;
            result.AddError($"{name} takes {string.Join(" or ", choices)}, not '{typed}'.");
            return null;
        },
    };
}

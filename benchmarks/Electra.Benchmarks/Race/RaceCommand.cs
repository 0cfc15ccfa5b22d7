using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using static Electra.Benchmarks.CommandLine.BenchmarkCommand;

namespace Electra.Benchmarks.Race;

/// <summary>The command line of <c>race</c>.</summary>
internal static class RaceCommand
{
    private const string Explanation =
        """
        Trains variants of a network or of its training side by side, gives each the same time, FLOPs or tokens, and judges them alike on text that
        none has seen. The variants are a JSON list:

          [ { "name": "base",  "model": "mini" },
            { "name": "deep",  "model": "mini", "config": { "num_hidden_layers": 6 } },
            { "name": "equal", "model": "mini", "options": { "Model": { "GeneratorSize": 1.0 }, "LearningRate": 1e-3 } } ]

        "model" is tiny, mini, small, base, large or a config.json (trained by small's recipe); "config" has keys of a Hugging Face config.json,
        "options" has keys of PretrainingOptions, nested as PretrainingOptions.ToJson() writes them. What is not named is the recipe's; seeds, length
        of the run, held-out share and folders are the race's.

        Each variant runs once a seed, in a folder <output>/<name>/seed-<n>. They take turns in --slices rounds, so that what else the machine does
        falls on all alike. The same command again goes on where it was stopped (Ctrl+C saves); variants and seeds may be added, but not changed.

        Judged: loss at [MASK] and words guessed there, of the masked LM or generator; of a discriminator how well it tells replaced tokens (the
        generator's own; 10 % drawn evenly, by word frequency, exchanged with a neighbour) and finds a swapped word; by --blimp which of two sentences
        is the grammatical one (the sum over its tokens of log "original"; without a discriminator the pseudo-log-likelihood, several times slower);
        by --tasks what the encoder learns from labels. Results: a table, <output>/results.json and <output>/race.png.
        """;

    private static readonly Option<string> Variants = new("--variants") { HelpName = "race.json", Description = "What races, as above.", Required = true };

    private static readonly Option<string[]> Corpus = new("--corpus")
    {
        HelpName = "path or glob",
        Description = "Text (.txt, .jsonl, .parquet, plain, .gz or .zst). It is made token shards once, in <output>/shards.",
        AllowMultipleArgumentsPerToken = true,
        Required = true,
    };

    private static readonly Option<string> Vocabulary = new("--vocab")
    {
        HelpName = "vocab.txt",
        Description = "The WordPiece vocabulary of all variants.",
        Required = true,
    };

    private static readonly Option<string> Output = new("--output") { HelpName = "folder", Description = "Where everything goes.", Required = true };
    private static readonly Option<int?> Seeds = Number("--seeds", "Runs of each variant, from the seeds 1, 2, ... n. Default: 3.", 1);

    private static readonly Option<TimeSpan?> Budget = new("--budget")
    {
        HelpName = "90s|10m|2h",
        Description = "Equal time: of training each run, with what it takes to save.",
        CustomParser = result => Time(result),
    };

    private static readonly Option<double?> Flops = Amount("--flops", "Equal FLOPs, as 1e14: of forward and backward passes of the networks that a variant trains.");
    private static readonly Option<double?> Tokens = Amount("--tokens", "Equal tokens, as 5e6: positions read, padding included.");
    private static readonly Option<int?> Slices = Number("--slices", "Rounds in which the runs take turns; 1: one after the other. Default: 10.", 1);
    private static readonly Option<int?> Length = Number("--length", "Tokens of a sequence that judges read. Default: the shortest of the variants' own.", 8);

    private static readonly Option<double?> HeldOut = Amount("--held-out", "Share of the text kept from training, above 0 and below 1. Default: 0.01.");

    private static readonly Option<string?> MinimalPairs = Text(
        "--blimp", "BLiMP.zip", "Minimal pairs, as a .zip, folder or .jsonl file: which of two sentences is grammatical. Default: not asked.");

    private static readonly Option<int?> Pairs = Number("--blimp-pairs", "The first so many pairs of each paradigm. Default: 200.", 1);
    private static readonly Option<string?> Glue = Text("--glue", "folder", "Folders of GLUE's tasks, for --tasks.");

    private static readonly Option<string[]> Tasks = new("--tasks")
    {
        HelpName = "SST-2,MRPC",
        Description = "Tasks that each encoder is fine-tuned on: seeds 0, 1, 2, three epochs; the median counts. Default: none.",
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
    };

    private static readonly Option<int?> GlueExamples = Number("--glue-examples", "The first so many training examples of a task. Default: 4000.", 1);
    private static readonly Option<int?> Threads = Number("--threads", "Of libtorch and tokenization. Default: all processors.", 1);
    private static readonly Option<string?> Device = Text("--device", "cpu|cuda[:n]", "Where the networks train and are judged. Default: cpu.");
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object instead of text." };

    /// <summary>Builds the command; <paramref name="run"/> gives the exit code.</summary>
    public static Command Create(Func<RaceArguments, int> run)
    {
        var command = new Command("race", Explanation)
        {
            Variants, Corpus, Vocabulary, Seeds, Budget, Flops, Tokens, Output, Slices, Length, HeldOut, MinimalPairs, Pairs, Glue, Tasks, GlueExamples,
            Threads, Device, Json,
        };
        command.SetAction(result => run(Read(result)));
        return command;
    }

    private static RaceArguments Read(ParseResult result) => new()
    {
        Variants = result.GetValue(Variants)!,
        Corpus = result.GetValue(Corpus)!,
        Vocabulary = result.GetValue(Vocabulary)!,
        Seeds = result.GetValue(Seeds),
        Budget = result.GetValue(Budget),
        Flops = result.GetValue(Flops),
        Tokens = result.GetValue(Tokens),
        Output = result.GetValue(Output)!,
        Slices = result.GetValue(Slices),
        Length = result.GetValue(Length),
        HeldOut = result.GetValue(HeldOut),
        MinimalPairs = result.GetValue(MinimalPairs),
        PairsPerParadigm = result.GetValue(Pairs),
        Glue = result.GetValue(Glue),
        Tasks = result.GetValue(Tasks) ?? [],
        GlueExamples = result.GetValue(GlueExamples),
        Threads = result.GetValue(Threads),
        Device = result.GetValue(Device),
        Json = result.GetValue(Json),
    };

    private static TimeSpan? Time(ArgumentResult result)
    {
        string typed = result.Tokens[0].Value;
        double unit = typed.Length == 0 ? 0 : typed[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        bool isNumber = double.TryParse(typed.AsSpan(0, Math.Max(0, typed.Length - 1)), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count);
        if (isNumber && count * unit is > 0 and < 1e8) return TimeSpan.FromSeconds(count * unit);
        result.AddError($"--budget takes a number with s, m or h after it, as 10m, not '{typed}'.");
        return null;
    }

    private static Option<double?> Amount(string name, string description) => new(name)
    {
        HelpName = "n",
        Description = description,
        CustomParser = result =>
        {
            string typed = result.Tokens[0].Value;
            bool isNumber = double.TryParse(typed, NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
            if (isNumber && value > 0 && double.IsFinite(value)) return value;
            result.AddError($"{name} takes a number above 0, not '{typed}'.");
            return null;
        },
    };
}

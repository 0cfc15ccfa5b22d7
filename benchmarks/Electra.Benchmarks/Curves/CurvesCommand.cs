using System.CommandLine;
using System.Globalization;
using static Electra.Benchmarks.CommandLine.BenchmarkCommand;

namespace Electra.Benchmarks.Curves;

/// <summary>The command line of <c>curves</c>.</summary>
internal static class CurvesCommand
{
    private const string Explanation =
        "Whether training in bfloat16 goes as in float32: trains one model with one seed in both and draws their losses, with further "
        + "float32 runs from other seeds (other initial weights, order of the text, masks, samples and dropout) as the noise to compare "
        + "with. The curves agree (exit code 0, otherwise 4) when, over the second half of the run, bfloat16 is on average no further "
        + "from float32 than two seeds are from each other, in masked-LM and in replaced-token-detection loss, on training and on "
        + "held-out text. Nothing is timed: the machine may be busy.";

    private static readonly Option<string?> Model = Text(
        "--model", "tiny|mini|small|base|large|config.json",
        "The discriminator's sizes. tiny starts with wide weights and a high rate, as a short run needs; positions start sinusoidal. Default: tiny.");

    private static readonly Option<int?> Layers = Number("--layers", "Layers of both networks. Default: the model's.", 1);

    private static readonly Option<string[]> Corpus = new("--corpus")
    {
        HelpName = "path or glob",
        Description = "Text (.txt, .jsonl, .parquet, plain, .gz or .zst), read from its beginning as far as the steps need. "
            + "Default: synthetic text, whose words do not depend on each other: only their frequencies can be learned.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string?> Vocabulary = Text("--vocab", "vocab.txt", "A WordPiece vocabulary. Default: one is learned.");
    private static readonly Option<int?> VocabSize = Number("--vocab-size", "Tokens of the learned one. Default: 8000.", 100);
    private static readonly Option<int?> Steps = Number("--steps", "Updates of each run. Default: 2000.", 40);
    private static readonly Option<int?> BatchSize = Number("--batch-size", "Sequences an update. Default: 32.", 1);
    private static readonly Option<int?> SequenceLength = Number("--sequence-length", "Tokens a sequence. Default: 64.", 8);

    private static readonly Option<double?> LearningRate = new("--learning-rate")
    {
        HelpName = "rate",
        Description = "The peak, reached after a tenth of the steps. Default: the recipe's (tiny: 1e-3, twice its recipe's).",
        CustomParser = result =>
        {
            string typed = result.Tokens[0].Value;
            bool isNumber = double.TryParse(typed, NumberStyles.Float, CultureInfo.InvariantCulture, out double rate);
            if (isNumber && rate > 0 && double.IsFinite(rate)) return rate;
            result.AddError($"--learning-rate takes a number above 0, not '{typed}'.");
            return null;
        },
    };

    private static readonly Option<int?> Seeds = Number(
        "--seeds", "Float32 runs, from the seeds 1, 2, ... n; bfloat16 runs from seed 1. Default: 3.", 3);

    private static readonly Option<int?> EvaluateEvery = Number(
        "--eval-every", "Updates between held-out evaluations. Default: a tenth of the steps.", 1);

    private static readonly Option<int?> Threads = Number("--threads", "Of libtorch and tokenization. Default: all processors.", 1);
    private static readonly Option<string?> Device = Text("--device", "cpu|cuda[:n]", "Where the model runs. Default: cpu.");
    private static readonly Option<string?> Output = Text("--output", "picture.png", "The picture. Default: precision-curves.png.");
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object instead of text." };

    /// <summary>Builds the command; <paramref name="run"/> gives the exit code.</summary>
    public static Command Create(Func<CurvesArguments, int> run)
    {
        var command = new Command("curves", Explanation)
        {
            Model, Layers, Corpus, Vocabulary, VocabSize, Steps, BatchSize, SequenceLength, LearningRate, Seeds, EvaluateEvery,
            Threads, Device, Output, Json,
        };
        command.SetAction(result => run(Read(result)));
        return command;
    }

    private static CurvesArguments Read(ParseResult result) => new()
    {
        Model = result.GetValue(Model),
        Layers = result.GetValue(Layers),
        Corpus = result.GetValue(Corpus) ?? [],
        Vocabulary = result.GetValue(Vocabulary),
        VocabSize = result.GetValue(VocabSize),
        Steps = result.GetValue(Steps),
        BatchSize = result.GetValue(BatchSize),
        SequenceLength = result.GetValue(SequenceLength),
        LearningRate = result.GetValue(LearningRate),
        Seeds = result.GetValue(Seeds),
        EvaluateEvery = result.GetValue(EvaluateEvery),
        Threads = result.GetValue(Threads),
        Device = result.GetValue(Device),
        Output = result.GetValue(Output),
        Json = result.GetValue(Json),
    };
}

using System.CommandLine;
using System.Globalization;
using Electra.FineTuning;
using Electra.Tokenization;
using static Electra.Benchmarks.CommandLine.BenchmarkCommand;

namespace Electra.Benchmarks.Plain;

/// <summary>The command line of <c>plain</c>.</summary>
internal static class PlainCommand
{
    private const string Explanation =
        """
        Fine-tunes a classifier of single texts with nothing but libtorch's operators, optimizer and random numbers, by the recipe of docs/finetuning.md, once
        for each seed: what samples/FineTune with --schedule linear-from-zero --head-init normal is to be compared with, and how far chance alone carries
        scores apart. Only reading files, tokenizing and counting scores are the library's. Float32, on the CPU; use one thread (OMP_NUM_THREADS=1) as there.
        """;

    private static readonly Option<string> Model = new("--model") { HelpName = "folder", Description = "A discriminator.", Required = true };
    private static readonly Option<string> Train = new("--train") { HelpName = "file", Description = "A table to learn from.", Required = true };
    private static readonly Option<string> Dev = new("--dev") { HelpName = "file", Description = "A table to be judged by.", Required = true };
    private static readonly Option<string?> TextColumn = Text("--text", "column", "The column of texts. Default: text.");
    private static readonly Option<string?> LabelColumn = Text("--label", "column", "The column of labels. Default: label.");
    private static readonly Option<bool> NoHeader = new("--no-header") { Description = "The first row is an example. Columns are then #1, #2, ..." };
    private static readonly Option<int?> Epochs = Number("--epochs", "How often the texts are gone through. Default: 3.", 1);
    private static readonly Option<double> Rate = new("--learning-rate") { Description = "The peak. Default: 1e-3.", DefaultValueFactory = _ => 1e-3 };
    private static readonly Option<double> Decay = new("--layer-decay") { Description = "The rate of a layer as a share of the one above. Default: 0.8.", DefaultValueFactory = _ => 0.8 };
    private static readonly Option<int?> Seeds = Number("--seeds", "How many runs. Default: 3.", 1);
    private static readonly Option<int?> First = Number("--seed", "The seed of the first one. Default: 0.", 0);

    /// <summary>Builds the command.</summary>
    public static Command Create(Func<Func<CancellationToken, int>, int> guarded)
    {
        var command = new Command("plain", Explanation) { Model, Train, Dev, TextColumn, LabelColumn, NoHeader, Epochs, Rate, Decay, Seeds, First };
        command.SetAction(result => guarded(cancellationToken =>
        {
            string folder = result.GetValue(Model)!;
            PlainTexts texts = PlainTexts.Read(
                result.GetValue(Train)!, result.GetValue(Dev)!, new TableColumns(result.GetValue(TextColumn) ?? "text", result.GetValue(LabelColumn) ?? "label"),
                !result.GetValue(NoHeader), ElectraTokenizer.FromPretrained(folder), maxLength: 128);
            var tuning = new PlainFineTuning(texts, new PlainRecipe(result.GetValue(Epochs) ?? 3, result.GetValue(Rate), result.GetValue(Decay)));
            Run(tuning, folder, Enumerable.Range(result.GetValue(First) ?? 0, result.GetValue(Seeds) ?? 3), cancellationToken);
            return 0;
        }));
        return command;
    }

    private static void Run(PlainFineTuning tuning, string folder, IEnumerable<int> seeds, CancellationToken cancellationToken)
    {
        var outcomes = new List<PlainOutcome>();
        Console.WriteLine("| seed | training loss, last epoch | loss | accuracy | MCC | seconds |\n|---|---|---|---|---|---|");
        foreach (int seed in seeds)
        {
            PlainOutcome outcome = tuning.Run(folder, seed, cancellationToken);
            outcomes.Add(outcome);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {seed} | {outcome.TrainingLoss:F4} | {outcome.DevelopmentLoss:F4} | {outcome.Accuracy:F4} | {outcome.MatthewsCorrelation:F4} | {outcome.Time.TotalSeconds:F0} |"));
        }

        Say("accuracy", outcomes.Select(outcome => outcome.Accuracy));
        Say("MCC", outcomes.Select(outcome => outcome.MatthewsCorrelation));
    }

    private static void Say(string name, IEnumerable<double> scores)
    {
        MetricSummary summary = MetricSummary.Of([.. scores]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name}: median {summary.Median:F4}, mean {summary.Mean:F4}, deviation {summary.StandardDeviation:F4} of {summary.Runs} runs"));
    }
}

using System.Globalization;
using Electra.Configuration;
using Electra.FineTuning;
using Electra.Inference;

namespace Electra.Benchmarks.FewShot;

/// <summary>Measures every method on every set: accuracy on the test examples, mean and deviation over the draws.</summary>
/// <param name="encoder">The folder of a discriminator.</param>
/// <param name="data">With a folder for each set.</param>
/// <param name="output">Where runs are kept; a draw that is there is not made again.</param>
/// <param name="epochs">Of which the best on the draw's development examples counts.</param>
internal sealed class FewShotSession(string encoder, string data, string output, double epochs)
{
    /// <summary>Writes a row a set, as it comes.</summary>
    public void Run(IReadOnlyList<FewShotSet> sets, TextWriter table, CancellationToken cancellationToken)
    {
        table.WriteLine($"| set | one class | {string.Join(" | ", FewShotMethod.All.Select(method => method.Name))} |");
        table.WriteLine($"|---|---|{string.Concat(Enumerable.Repeat("---|", FewShotMethod.All.Length))}");
        foreach (FewShotSet set in sets)
        {
            IReadOnlyList<TextExample> test = set.Test(data);
            var cells = new List<string> { set.Name, Percent(test.CountBy(example => example.Labels[0]).Max(count => count.Value) / (double)test.Count) };
            foreach (FewShotMethod method in FewShotMethod.All)
            {
                double[] scores = [.. (method.Task is null ? FewShotSet.Draws[..1] : FewShotSet.Draws).Select(draw => Score(set, method, draw, test, cancellationToken))];
                MetricSummary summary = MetricSummary.Of(scores);
                cells.Add(summary.Runs == 1 ? Percent(summary.Mean) : $"{Percent(summary.Mean)} ± {Percent(summary.StandardDeviation)}");
            }

            table.WriteLine($"| {string.Join(" | ", cells)} |");
            table.Flush();
        }
    }

    private double Score(FewShotSet set, FewShotMethod method, int draw, IReadOnlyList<TextExample> test, CancellationToken cancellationToken)
    {
        string folder = encoder;
        if (method.Task is not null)
        {
            FineTuningOptions options = FineTuningOptions.RecipeFor(ElectraConfig.Load(Path.Combine(encoder, "config.json"))) with
            {
                Epochs = epochs,
                BatchSize = 8,
                SaveEvery = 0,
                SelectBest = true,
                FromRandomWeights = method.FromRandomWeights,
                OutputFolder = Path.Combine(output, set.Name, method.Name.Replace(", ", "-", StringComparison.Ordinal).Replace(' ', '-'), FormattableString.Invariant($"{draw}")),
            };
            using var trainer = new FineTuningTrainer(encoder, method.Task(set.Prompt, set.Draw(data, draw)), options);
            folder = trainer.Train(cancellationToken).Folder ?? throw new OperationCanceledException(cancellationToken);
        }

        string[] texts = [.. test.Select(example => example.Text)];
        return Classify(folder, method, set.Prompt, texts, cancellationToken).Zip(test).Average(pair => pair.First.Label == pair.Second.Labels[0] ? 1.0 : 0);
    }

    private static IReadOnlyList<TextClassification> Classify(string folder, FewShotMethod method, Prompt prompt, string[] texts, CancellationToken cancellationToken)
    {
        if (method.Prompt is null)
        {
            using TextClassifier headed = TextClassifier.FromPretrained(folder);
            return headed.Predict(texts, cancellationToken: cancellationToken);
        }

        using ZeroShotClassifier prompted = ZeroShotClassifier.FromPretrained(folder, method.Task is null ? method.Prompt(prompt) : null);
        return prompted.Predict(texts, cancellationToken: cancellationToken);
    }

    private static string Percent(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture);
}

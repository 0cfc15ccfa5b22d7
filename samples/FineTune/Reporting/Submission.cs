using System.Diagnostics.CodeAnalysis;
using Electra.FineTuning;
using Electra.Inference;
using Electra.Samples.Pretrain.Reporting;

namespace Electra.Samples.FineTune.Reporting;

/// <summary>Predicts a GLUE task's test examples, and writes what the leaderboard takes.</summary>
internal static class Submission
{
    /// <summary>Writes the file; of MNLI all three, if the diagnostic examples are there.</summary>
    public static void Write(GlueTask task, string data, string output, string model, RunConsole console, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(output);
        foreach (GlueSplit split in task.Name == "MNLI" ? [GlueSplit.Test, GlueSplit.TestMismatched, GlueSplit.Diagnostic] : new[] { GlueSplit.Test })
        {
            string path = Path.Combine(output, task.SubmissionFile(split));
            if (!TryRead(task, data, split, out ExampleSet<TextExample>? test, out string? missing))
            {
                console.Warn($"{Path.GetFileName(path)} was not written: {missing}");
                continue;
            }

            task.WriteSubmission(Predict(task, model, test, cancellationToken), path);
            console.Say($"{path}: {test.Examples.Count:N0} predictions");
        }
    }

    private static bool TryRead(
        GlueTask task, string data, GlueSplit split, [NotNullWhen(true)] out ExampleSet<TextExample>? test, [NotNullWhen(false)] out string? missing)
    {
        (test, missing) = (null, null);
        try
        {
            test = task.Read(data, split);
            return true;
        }
        catch (FileNotFoundException exception) when (split == GlueSplit.Diagnostic)
        {
            missing = exception.Message;
            return false;
        }
    }

    private static TaskPrediction[] Predict(GlueTask task, string model, ExampleSet<TextExample> test, CancellationToken cancellationToken)
    {
        string[] texts = [.. test.Examples.Select(example => example.Text)];
        string[]? pairs = test.Examples[0].Pair is null ? null : [.. test.Examples.Select(example => example.Pair!)];
        if (task.Labels.Count == 0)
        {
            using TextRegressor regressor = TextRegressor.FromPretrained(model);
            return [.. regressor.Predict(texts, pairs, cancellationToken).Select((value, i) => new TaskPrediction($"{i}", $"{value}", null, value))];
        }

        using TextClassifier classifier = TextClassifier.FromPretrained(model);
        return [.. classifier.Predict(texts, pairs, cancellationToken).Select((said, i) => new TaskPrediction($"{i}", said.Label, null, said.Score))];
    }
}

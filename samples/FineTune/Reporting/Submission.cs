using Electra.FineTuning;
using Electra.Inference;
using Electra.Samples.FineTune.Options;
using Electra.Samples.FineTune.Tasks;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using TorchSharp;

namespace Electra.Samples.FineTune.Reporting;

/// <summary>A GLUE task's test examples, to be predicted and written as the leaderboard takes them.</summary>
internal sealed class Submission
{
    private readonly GlueTask _task;
    private readonly string _output;
    private readonly List<(string File, ExampleSet<TextExample> Examples)> _sets = [];
    private readonly List<string> _missing = [];

    private Submission(GlueTask task, string output) => (_task, _output) = (task, output);

    /// <summary>Reads the examples, of MNLI all three sets, so that what is wrong with them is known before anything is learned.</summary>
    /// <param name="arguments">Which name the task and its folder.</param>
    /// <param name="output">The folder to write to.</param>
    /// <exception cref="UsageException">It is no GLUE task.</exception>
    /// <exception cref="FileNotFoundException">A file is missing; the diagnostic examples of MNLI may be.</exception>
    public static Submission Read(FineTuneArguments arguments, string output)
    {
        GlueTask task = Task(arguments.Task ?? "");
        string data = TaskReader.Data(arguments);
        var submission = new Submission(task, output);
        foreach (GlueSplit split in task.Name == "MNLI" ? [GlueSplit.Test, GlueSplit.TestMismatched, GlueSplit.Diagnostic] : new[] { GlueSplit.Test })
        {
            try
            {
                submission._sets.Add((task.SubmissionFile(split), task.Read(data, split)));
            }
            catch (FileNotFoundException exception) when (split == GlueSplit.Diagnostic)
            {
                submission._missing.Add($"{task.SubmissionFile(split)} was not written: {exception.Message}");
            }
        }

        return submission;
    }

    /// <summary>Predicts them as the model was judged, and writes the files.</summary>
    public void Write(string model, FineTunePlan plan, torch.Device device, RunConsole console, CancellationToken cancellationToken)
    {
        var options = new InferenceOptions { Device = device, MaxLength = plan.Options.MaxLength ?? plan.Task.UsualLength };
        Directory.CreateDirectory(_output);
        foreach ((string file, ExampleSet<TextExample> test) in _sets)
        {
            string path = Path.Combine(_output, file);
            _task.WriteSubmission(Predict(model, plan.Task, test, options, cancellationToken), path);
            console.Say($"{path}: {test.Examples.Count:N0} predictions");
        }

        foreach (string missing in _missing) console.Warn(missing);
    }

    private static GlueTask Task(string name)
    {
        try
        {
            return GlueTask.Named(name);
        }
        catch (ArgumentException)
        {
            throw new UsageException("--submit is for GLUE's tasks: --task cola, sst2, mrpc, qqp, stsb, mnli, qnli, rte or wnli.");
        }
    }

    private TaskPrediction[] Predict(
        string model, FineTuningTask learned, ExampleSet<TextExample> test, InferenceOptions options, CancellationToken cancellationToken)
    {
        string[] texts = [.. test.Examples.Select(example => example.Text)];
        string[]? pairs = test.Examples[0].Pair is null ? null : [.. test.Examples.Select(example => example.Pair!)];
        if (_task.Labels.Count == 0)
        {
            using TextRegressor regressor = TextRegressor.FromPretrained(model, options);
            return [.. regressor.Predict(texts, pairs, cancellationToken).Select((value, i) => new TaskPrediction($"{i}", $"{value}", null, value))];
        }

        if (learned is PromptTask)
        {
            using ZeroShotClassifier asked = ZeroShotClassifier.FromPretrained(model, options: options);
            return Of(asked.Predict(texts, pairs, cancellationToken));
        }

        using TextClassifier classifier = TextClassifier.FromPretrained(model, options);
        return Of(classifier.Predict(texts, pairs, cancellationToken));
    }

    private static TaskPrediction[] Of(IReadOnlyList<TextClassification> said) => [.. said.Select((one, i) => new TaskPrediction($"{i}", one.Label, null, one.Score))];
}

using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Timing;
using Electra.Benchmarks.Workloads;
using Electra.FineTuning;
using Electra.Inference;
using Electra.Onnx;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Onnx;

/// <summary>What ONNX and rounding to 8 bits change on a task that a model was fine-tuned for: right answers, and the time of a text.</summary>
internal static class OnnxTask
{
    /// <summary>Judges and times the folder's model in its three forms on the development examples.</summary>
    /// <param name="folder">A classifier, with its tokenizer.</param>
    /// <param name="name">The GLUE task.</param>
    /// <param name="data">Its files.</param>
    /// <param name="passes">How often the examples are gone through.</param>
    /// <param name="threads">Of either.</param>
    /// <returns>A table.</returns>
    /// <exception cref="UsageException">The task is none of classes, or the folder's classes are others.</exception>
    public static string Run(string folder, string name, string data, int passes, int threads)
    {
        GlueTask task = GlueTask.Named(name);
        if (task.Labels.Count == 0) throw new UsageException($"--task {name} has numbers, not classes.");
        TextExample[] examples = [.. task.Read(data, GlueSplit.Dev).Examples];
        string[] texts = [.. examples.Select(example => example.Text)], wanted = [.. examples.Select(example => example.Labels[0])];
        string[]? pairs = examples.Any(example => example.Pair is not null) ? [.. examples.Select(example => example.Pair ?? "")] : null;

        using var written = new TemporaryFolder();
        var options = new OnnxInferenceOptions { Threads = threads };
        TextClassifier Exported(OnnxWeights form)
        {
            OnnxExporter.Convert(folder, written[$"{form}"], new OnnxExportOptions { Weights = form });
            return TextClassifier.FromOnnx(written[$"{form}"], options);
        }

        using TextClassifier own = TextClassifier.FromPretrained(folder), full = Exported(OnnxWeights.Float32), rounded = Exported(OnnxWeights.Int8);
        if (own.Labels.FirstOrDefault(label => !task.Labels.Contains(label)) is { } label)
            throw new UsageException($"'{folder}' has the label '{label}', where {task.Name} has {string.Join(", ", task.Labels)}.");

        (string Form, TextClassifier Classifier)[] forms = [("libtorch, float32", own), ("ONNX Runtime, float32", full), ("ONNX Runtime, int8", rounded)];
        string[][] said = [.. forms.Select(form => form.Classifier.Predict(texts, pairs).Select(answer => answer.Label).ToArray())];
        Action[] oneByOne = [.. forms.Select(form => (Action)(() => OneByOne(form.Classifier, texts, pairs)))];
        Action[] atOnce = [.. forms.Select(form => (Action)(() => form.Classifier.Predict(texts, pairs)))];
        Distribution[] single = Repeat.InTurn(CPU, passes, oneByOne), together = Repeat.InTurn(CPU, passes, atOnce);

        double tokens = own.Tokenizer.EncodeBatch(texts, pairs).AttentionMask.Sum() / (double)texts.Length;
        double frequent = wanted.CountBy(one => one).Max(count => count.Value) / (double)wanted.Length;
        List<string> table =
        [
            FormattableString.Invariant($"{task.Name}: {texts.Length} development examples of {tokens:F1} tokens on average; the more frequent class alone is right about {100 * frequent:F2} %. Milliseconds a text, {passes} passes, the fastest."),
            "",
            "| form | right | answers changed | one text at a time | | all at once | |",
            "|---|---|---|---|---|---|---|",
        ];
        foreach ((int i, (string form, _)) in forms.Index())
        {
            int right = said[i].Zip(wanted).Count(pair => pair.First == pair.Second), changed = said[i].Zip(said[0]).Count(pair => pair.First != pair.Second);
            string Times(Distribution[] seconds) => FormattableString.Invariant($"{1e3 * seconds[i].Minimum / texts.Length:F3} | x {seconds[0].Minimum / seconds[i].Minimum:F2}");
            table.Add(FormattableString.Invariant($"| {form} | {100.0 * right / texts.Length:F2} % | {changed} | {Times(single)} | {Times(together)} |"));
        }

        return string.Join('\n', table);
    }

    private static void OneByOne(TextClassifier classifier, string[] texts, string[]? pairs)
    {
        foreach ((int i, string text) in texts.Index()) classifier.Predict(text, pairs?[i]);
    }
}

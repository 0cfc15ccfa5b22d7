using System.CommandLine;
using System.Globalization;
using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Timing;
using Electra.Benchmarks.Workloads;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Onnx;
using Microsoft.ML.OnnxRuntime;
using static Electra.Benchmarks.CommandLine.BenchmarkCommand;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Onnx;

/// <summary>The command line of <c>onnx</c>.</summary>
internal static class OnnxCommand
{
    private const string Explanation =
        """
        Times a classifier of random weights from ids to logits, on libtorch in float32 with its weights prepared, and exported on ONNX Runtime in float32
        and int8: one pass each in turn, again and again, so that a busy machine slows all alike. The fastest pass of each in milliseconds, median in
        brackets, and how many times faster than libtorch. On the CPU.

        With --classifier, --task and --data: the same for a trained model on a task's development examples, through the predictors, tokenizing
        included, with how many are right and how many answers change.
        """;

    private static readonly (int Rows, int Length)[] Shapes = [(1, 16), (1, 32), (1, 128), (8, 128), (1, 512)];

    private static readonly Option<string?> Model = Text("--model", "preset", "A network's name. Default: small.");
    private static readonly Option<int?> Passes = Number("--passes", "Passes of each. Default: 40; through a task's examples 5.", 1);
    private static readonly Option<string?> Classifier = Text("--classifier", "folder", "A fine-tuned classifier to measure instead.");
    private static readonly Option<string?> Task = Text("--task", "name", "The GLUE task that it was fine-tuned for.");
    private static readonly Option<string?> Data = Text("--data", "folder", "Where the task's original files are.");
    private static readonly Option<int?> Threads = Number("--threads", "Threads of either. Default: 1.", 1);

    /// <summary>Builds the command.</summary>
    public static Command Create(Func<int, Func<int>, int> guarded)
    {
        var command = new Command("onnx", Explanation) { Model, Classifier, Task, Data, Passes, Threads };
        command.SetAction(result =>
        {
            int threads = result.GetValue(Threads) ?? 1;
            return guarded(threads, () =>
            {
                (string? model, int? passes) = (result.GetValue(Model), result.GetValue(Passes));
                switch (result.GetValue(Classifier), result.GetValue(Task), result.GetValue(Data))
                {
                    case (null, null, null):
                        Run(ElectraConfig.Preset(model ?? "small"), passes ?? 40, threads);
                        break;
                    case ({ } classifier, { } task, { } data) when model is null:
                        Console.WriteLine(OnnxTask.Run(classifier, task, data, passes ?? 5, threads));
                        break;
                    default:
                        throw new UsageException("Give --classifier, --task and --data together, and without --model.");
                }

                return 0;
            });
        });
        return command;
    }

    private static void Run(ElectraConfig config, int passes, int threads)
    {
        using var folder = new TemporaryFolder();
        using var noGradient = no_grad();
        using var model = new ElectraForSequenceClassification(config);
        model.eval();
        model.IsInferenceOnly = true;
        OnnxWeights[] forms = [OnnxWeights.Float32, OnnxWeights.Int8];
        InferenceSession[] sessions = [.. forms.Select(form => Open(model, form, folder[$"{form}.onnx"], threads))];
        Console.WriteLine("| texts x tokens | libtorch float32 | ONNX Runtime float32 | | ONNX Runtime int8 | |\n|---|---|---|---|---|---|");
        foreach ((int rows, int length) in Shapes)
        {
            long[] ids = [.. Enumerable.Range(0, rows * length).Select(i => (i * 7919L) % config.VocabSize)];
            Action[] contestants = [() => Own(model, ids, rows, length), .. sessions.Select(session => (Action)(() => Theirs(session, ids, rows, length)))];
            Distribution[] times = [.. Repeat.InTurn(CPU, passes, contestants).Select(seconds => seconds.Times(1e3))];
            string Column(int i) => $"{Digits(times[i].Minimum)} ({Digits(times[i].Median)})";
            string Faster(int i) => $"x {Digits(times[0].Minimum / times[i].Minimum)}";
            Console.WriteLine($"| {rows} x {length} | {Column(0)} | {Column(1)} | {Faster(1)} | {Column(2)} | {Faster(2)} |");
        }

        foreach (InferenceSession session in sessions) session.Dispose();
        foreach (OnnxWeights form in forms) Console.WriteLine($"{form}: {new FileInfo(folder[$"{form}.onnx"]).Length / 1e6:F1} MB");
    }

    private static InferenceSession Open(ElectraForSequenceClassification model, OnnxWeights form, string path, int threads)
    {
        model.ExportOnnx(path, new OnnxExportOptions { Weights = form });
        using SessionOptions options = OnnxSequenceModel.Settings(new OnnxInferenceOptions { Threads = threads });
        return new InferenceSession(path, options);
    }

    private static void Own(ElectraForSequenceClassification model, long[] ids, int rows, int length)
    {
        using var input = tensor(ids, [rows, length]);
        using Tensor logits = model.forward(input);
        _ = logits.data<float>()[0];
    }

    private static void Theirs(InferenceSession session, long[] ids, int rows, int length)
    {
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(ids, [rows, length]);
        using OrtValue mask = OrtValue.CreateTensorValueFromMemory([.. Enumerable.Repeat(1L, ids.Length)], [rows, length]);
        using OrtValue types = OrtValue.CreateTensorValueFromMemory(new long[ids.Length], [rows, length]);
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, ["input_ids", "attention_mask", "token_type_ids"], [input, mask, types], ["logits"]);
        _ = outputs[0].GetTensorDataAsSpan<float>()[0];
    }

    private static string Digits(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}

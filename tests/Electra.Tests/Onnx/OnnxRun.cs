using Electra.Onnx;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace Electra.Tests.Onnx;

/// <summary>An ONNX file under ONNX Runtime on one thread, fed with tensors.</summary>
internal sealed class OnnxRun : IDisposable
{
    private readonly InferenceSession _session;

    public OnnxRun(string path, string? optimized = null)
    {
        OnnxRuntimeLibrary.Load();
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        if (optimized is not null) options.OptimizedModelFilePath = optimized;
        _session = new InferenceSession(path, options);
    }

    /// <summary>Names of the inputs or outputs with the sizes and names of their axes.</summary>
    public static IEnumerable<string> Described(IReadOnlyDictionary<string, NodeMetadata> values) => values.Select(value =>
        $"{value.Key} {value.Value.ElementDataType} [{string.Join(", ", value.Value.Dimensions.Zip(value.Value.SymbolicDimensions, (size, name) => size < 0 ? name : $"{size}"))}]");

    public InferenceSession Session => _session;

    /// <summary>The outputs, in their order.</summary>
    /// <param name="ids">int64, of the rank that the file wants</param>
    /// <param name="mask">As many, or null for ones.</param>
    /// <param name="types">As many, or null for zeros.</param>
    public Tensor[] Run(Tensor ids, Tensor? mask = null, Tensor? types = null)
    {
        var inputs = new Dictionary<string, OrtValue>
        {
            ["input_ids"] = Value(ids),
            ["attention_mask"] = Value(mask ?? ones_like(ids)),
            ["token_type_ids"] = Value(types ?? zeros_like(ids)),
        };
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(options, inputs, _session.OutputNames);
        foreach (OrtValue input in inputs.Values) input.Dispose();
        return [.. outputs.Select(output => tensor(output.GetTensorDataAsSpan<float>().ToArray(), output.GetTensorTypeAndShape().Shape))];
    }

    public void Dispose() => _session.Dispose();

    private static OrtValue Value(Tensor input) =>
        OrtValue.CreateTensorValueFromMemory(input.to(ScalarType.Int64).contiguous().data<long>().ToArray(), input.shape);
}

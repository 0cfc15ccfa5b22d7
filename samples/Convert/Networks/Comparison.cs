using System.Globalization;
using Electra.Onnx;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace Electra.Samples.Convert.Networks;

/// <summary>How far what was written is from what was read.</summary>
internal static class Comparison
{
    private const int Tokens = 16;

    /// <summary>Compares weights, number by number.</summary>
    /// <param name="read">What was read.</param>
    /// <param name="written">What the written folder gives.</param>
    /// <param name="type">In which it was written.</param>
    /// <returns>For people.</returns>
    /// <exception cref="InvalidDataException">They differ by more than rounding.</exception>
    public static string OfWeights(Network read, Network written, ScalarType type)
    {
        // Half of a unit in the last place, and of the smallest number.
        (double relative, double absolute) = type switch { ScalarType.Float16 => (1 / 2048.0, 3e-8), ScalarType.BFloat16 => (1 / 256.0, 1e-40), _ => (0, 0) };
        (double largest, string where) = (0, "");
        IReadOnlyDictionary<string, Tensor> others = written.Weights;
        foreach ((string name, Tensor tensor) in read.Weights)
        {
            if (!others.TryGetValue(name, out Tensor? other) || !other.shape.SequenceEqual(tensor.shape)) throw new InvalidDataException($"'{name}' was not written as it was read.");
            float[] was = Numbers(tensor), now = Numbers(other);
            for (int i = 0; i < was.Length; i++)
            {
                if (was[i].Equals(now[i])) continue; // also where both are no number
                double off = Math.Abs((double)was[i] - now[i]);
                if (!(off <= (Math.Abs(was[i]) * relative) + absolute))
                    throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{was[i]} of '{name}' became {now[i]}: {(float.IsInfinity(now[i]) ? "it is too large for float16; use bfloat16 or float32" : "the folder is not what was read")}."));
                if (off > largest) (largest, where) = (off, name);
            }
        }

        return largest == 0
            ? $"loads again; all {others.Count} weights are equal, bit for bit"
            : string.Create(CultureInfo.InvariantCulture, $"loads again; {others.Count} weights, by rounding off by {largest:G2} at most ({where})");
    }

    /// <summary>Compares outputs for random tokens.</summary>
    /// <param name="read">What was read.</param>
    /// <param name="vocabulary">Number of words.</param>
    /// <param name="file">The ONNX file.</param>
    public static string OfOutputs(Network read, int vocabulary, string file)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        OnnxRuntimeLibrary.Load();
        using var session = new InferenceSession(file);
        bool hasChoices = session.InputMetadata["input_ids"].Dimensions.Length == 3;
        using var generator = new Generator(0, CPU);
        long[] shape = hasChoices ? [2, 2, Tokens] : [2, Tokens];
        Tensor ids = randint(0, vocabulary, shape, ScalarType.Int64, generator: generator);
        Tensor[] expected = read.Outputs(ids);
        long[] tokens = ids.data<long>().ToArray();
        var inputs = new Dictionary<string, OrtValue>
        {
            ["input_ids"] = OrtValue.CreateTensorValueFromMemory(tokens, shape),
            ["attention_mask"] = OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(1L, tokens.Length).ToArray(), shape),
            ["token_type_ids"] = OrtValue.CreateTensorValueFromMemory(new long[tokens.Length], shape),
        };
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, inputs, session.OutputNames);
        foreach (OrtValue input in inputs.Values) input.Dispose();
        (double off, double size) = (0, 0);
        foreach ((Tensor wanted, OrtValue found) in expected.Zip(outputs))
        {
            foreach ((float first, float second) in Numbers(wanted).Zip(found.GetTensorDataAsSpan<float>().ToArray())) (off, size) = (Math.Max(off, Math.Abs(first - second)), Math.Max(size, Math.Abs(first)));
        }

        return double.IsFinite(off)
            ? string.Create(CultureInfo.InvariantCulture, $"ONNX Runtime loads it; its outputs of {tokens.Length} random tokens are off by {off:G2} at most, of up to {size:G2}")
            : throw new InvalidDataException("ONNX Runtime's outputs of the written file are not finite.");
    }

    private static float[] Numbers(Tensor tensor)
    {
        using Tensor plain = tensor.detach().to(ScalarType.Float32).contiguous();
        return plain.data<float>().ToArray();
    }
}

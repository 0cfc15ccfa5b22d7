using Electra.Checkpoints;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Checkpoints;

/// <summary>The small checkpoint that Google's code wrote, and others made of it.</summary>
internal static class GoogleTiny
{
    public const int Heads = 2; // Google's rule would give one

    public static string Folder => ReferenceData.Fixture("foreign/google-tiny");

    public static GoogleCheckpoint Open(string? folder = null) => GoogleCheckpoint.Open(folder ?? Folder, Heads);

    /// <summary>The same variables in a file of this test's own.</summary>
    /// <param name="keeps">Which of them; null for all.</param>
    public static TensorBundleFile Copy(Func<string, bool>? keeps = null)
    {
        var file = new TensorBundleFile();
        using var reader = TensorBundleReader.Open(Folder);
        foreach ((string name, TensorBundleEntry entry) in reader.Entries.Where(pair => keeps?.Invoke(pair.Key) ?? true))
        {
            using Tensor tensor = reader.ReadTensor(name);
            file.Add(name, tensor.dtype == ScalarType.Int64 ? 9 : 1, [.. entry.Shape], tensor.bytes.ToArray());
        }

        return file;
    }

    public static bool IsSlot(string name) => name.EndsWith("/adam_m", StringComparison.Ordinal) || name.EndsWith("/adam_v", StringComparison.Ordinal);

    /// <summary>The Hugging Face name of a variable, by plain replacement.</summary>
    public static string ParameterOf(string variable) => variable
        .Replace("generator/", "electra/", StringComparison.Ordinal)
        .Replace("generator_predictions/output_bias", "generator_lm_head/bias", StringComparison.Ordinal)
        .Replace("dense_1", "dense_prediction", StringComparison.Ordinal)
        .Replace("/kernel", "/weight", StringComparison.Ordinal)
        .Replace("/gamma", "/weight", StringComparison.Ordinal)
        .Replace("/beta", "/bias", StringComparison.Ordinal)
        .Replace("_embeddings", "_embeddings/weight", StringComparison.Ordinal)
        .Replace("layer_", "layer/", StringComparison.Ordinal)
        .Replace('/', '.');
}

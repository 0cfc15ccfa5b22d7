using Electra.Samples.Serve.Models;

namespace Electra.Samples.Serve.Options;

/// <summary>A model as it was typed, [name=][kind:]folder.</summary>
/// <param name="Name">What it shall be called; null if that was not said.</param>
/// <param name="Kind">What it does; null if that was not said.</param>
/// <param name="Folder">Where it lies.</param>
internal sealed record ModelArgument(string? Name, ModelKind? Kind, string Folder)
{
    /// <summary>What ONNX folders have.</summary>
    public const string OnnxFile = "model.onnx";

    /// <summary>Whether ONNX Runtime could run it.</summary>
    public bool HasOnnx => File.Exists(Path.Combine(Folder, OnnxFile));

    /// <summary>Takes it apart.</summary>
    public static ModelArgument Parse(string typed)
    {
        int equals = typed.IndexOf('=', StringComparison.Ordinal);
        bool isNamed = equals > 0 && !typed.AsSpan(0, equals).ContainsAny('/', '\\'); // what stands behind a separator is the folder's own
        string? name = isNamed ? typed[..equals] : null;
        string folder = typed[(isNamed ? equals + 1 : 0)..];
        ModelKind? kind = null;
        foreach (ModelKind one in Enum.GetValues<ModelKind>())
        {
            string prefix = $"{one}:";
            if (folder.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) (kind, folder) = (one, folder[prefix.Length..]);
        }

        return new ModelArgument(name, kind, folder);
    }
}

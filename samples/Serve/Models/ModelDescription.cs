namespace Electra.Samples.Serve.Models;

/// <summary>A model, for those who ask what there is.</summary>
/// <param name="Name">By which requests choose it.</param>
/// <param name="Operation">Its endpoint.</param>
/// <param name="Runtime">onnx or libtorch.</param>
internal sealed record ModelDescription(string Name, string Operation, string Runtime)
{
    /// <summary>Tokens of the longest sequence that it reads at once.</summary>
    public int MaxTokens { get; init; }

    /// <summary>Its labels or tags; null where it has none.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Numbers of a vector; null where it makes none.</summary>
    public int? Dimensions { get; init; }
}

namespace Electra.Samples.Predict.Inputs;

/// <summary>Something to ask a model.</summary>
/// <param name="Text">The text, or the question.</param>
/// <param name="Others">What belongs to it: nothing, the second text or context, or choices.</param>
/// <param name="Id">What it is called; null where it has no name.</param>
internal sealed record InputText(string Text, IReadOnlyList<string> Others, string? Id = null)
{
    /// <summary>The second text or context; null where there is none.</summary>
    public string? Pair => Others.Count > 0 ? Others[0] : null;

    /// <summary>Reads a line, in which tabs part what belongs together.</summary>
    public static InputText OfLine(string line)
    {
        string[] parts = line.Split('\t');
        return new InputText(parts[0], parts[1..]);
    }
}

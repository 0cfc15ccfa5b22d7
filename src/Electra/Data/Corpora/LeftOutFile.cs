namespace Electra.Data;

/// <summary>A file or folder that a folder or glob stands for, but that is not read.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Reason">Why, in words that follow a number: "hidden", "with another extension".</param>
public sealed record LeftOutFile(string Path, string Reason);

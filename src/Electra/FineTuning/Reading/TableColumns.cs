namespace Electra.FineTuning;

/// <summary>
/// Which columns of a table hold what: by name, or by number as <c>#1</c>, <c>#2</c>, ... where there are no names.
/// </summary>
/// <param name="Text">The text.</param>
/// <param name="Label">Its label, labels or number; null where there is none.</param>
/// <param name="Pair">The second text; null where there is none.</param>
/// <param name="Id">What an example is called; null where it has no name.</param>
public sealed record TableColumns(string Text, string? Label, string? Pair = null, string? Id = null);

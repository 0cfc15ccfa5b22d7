namespace Electra.Pretraining;

/// <summary>Two sentences that differ in one point of grammar.</summary>
/// <param name="Good">The one that speakers accept.</param>
/// <param name="Bad">The one that they do not.</param>
public sealed record MinimalPair(string Good, string Bad);

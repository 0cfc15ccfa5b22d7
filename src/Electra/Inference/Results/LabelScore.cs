namespace Electra.Inference;

/// <summary>A label and how sure a model is of it.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Score">A probability, from 0 to 1.</param>
public readonly record struct LabelScore(string Label, double Score);

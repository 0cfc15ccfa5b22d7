namespace Electra.Pretraining;

/// <summary>Minimal pairs that were made by one rule.</summary>
/// <param name="Name">Its name, as <c>adjunct_island</c>.</param>
/// <param name="Phenomenon">What part of grammar it is of, as <c>island_effects</c>; its own name where the file does not say.</param>
/// <param name="Pairs">In the order of the file.</param>
public sealed record MinimalPairParadigm(string Name, string Phenomenon, IReadOnlyList<MinimalPair> Pairs);

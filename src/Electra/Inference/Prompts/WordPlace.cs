namespace Electra.Inference;

/// <summary>Where a word to be judged stands in a sequence.</summary>
/// <param name="Start">Its first token.</param>
/// <param name="Length">Its tokens; one at least.</param>
internal readonly record struct WordPlace(int Start, int Length);

namespace Electra.Tokenization;

/// <summary>What is left of one or two texts within a sequence.</summary>
/// <param name="First">Tokens of the first text.</param>
/// <param name="Second">Tokens of the second text, or null when there is none.</param>
/// <param name="Length">Of the whole sequence, with special tokens and what padding the options ask for.</param>
internal readonly record struct SequenceFit(int First, int? Second, int Length);

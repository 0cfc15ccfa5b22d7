namespace Electra.Inference;

/// <summary>A stretch of a window that may be the answer.</summary>
/// <param name="Start">The position of its first token.</param>
/// <param name="End">The position of its last token.</param>
/// <param name="Score">The sum of what start and end scored.</param>
internal readonly record struct AnswerCandidate(int Start, int End, double Score);

namespace Electra.FineTuning;

/// <summary>An answer within its context.</summary>
/// <param name="Text">As it stands in the context.</param>
/// <param name="Start">The UTF-16 unit of the context at which it begins.</param>
public readonly record struct AnswerText(string Text, int Start);

namespace Electra.FineTuning;

/// <summary>A text with several continuations or answers, of which one is right.</summary>
/// <param name="Text">What comes first: a beginning, or a passage with a question.</param>
/// <param name="Choices">What may follow; two at least.</param>
/// <param name="Right">The index of the right one; null when it is not known.</param>
/// <param name="Id">What its file calls it; null where it says nothing.</param>
public sealed record ChoiceExample(string Text, IReadOnlyList<string> Choices, int? Right = null, string? Id = null);

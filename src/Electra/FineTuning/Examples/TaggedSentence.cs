namespace Electra.FineTuning;

/// <summary>A sentence as words, each with a tag such as <c>B-PER</c>, <c>I-PER</c> or <c>O</c>.</summary>
/// <param name="Words">The words.</param>
/// <param name="Tags">As many; none when the sentence is untagged.</param>
public sealed record TaggedSentence(IReadOnlyList<string> Words, IReadOnlyList<string> Tags);

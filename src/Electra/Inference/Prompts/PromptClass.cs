namespace Electra.Inference;

/// <summary>A class that a prompt tells apart from others, and the words that stand for it.</summary>
/// <param name="Label">What the class is called.</param>
/// <param name="Words">One word at least, each of one or several pieces of the vocabulary. Several count by their mean.</param>
public sealed record PromptClass(string Label, IReadOnlyList<string> Words);

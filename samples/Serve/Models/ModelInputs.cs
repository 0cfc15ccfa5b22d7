namespace Electra.Samples.Serve.Models;

/// <summary>A text, or a pair.</summary>
internal readonly record struct TextInput(string Text, string? Pair = null);

/// <summary>A question and the text that may hold its answer.</summary>
internal readonly record struct QuestionInput(string Question, string Context);

/// <summary>A query and what is to be ranked for it.</summary>
internal readonly record struct RankInput(string Query, IReadOnlyList<string> Passages);

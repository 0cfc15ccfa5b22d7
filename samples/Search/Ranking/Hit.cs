using Electra.Samples.Search.Passages;

namespace Electra.Samples.Search.Ranking;

/// <summary>A passage that was found.</summary>
/// <param name="Passage">The passage.</param>
/// <param name="Scores">By name, in the order they were computed; the last one decided. A score that is missing was not good enough to count.</param>
internal sealed record Hit(Passage Passage, IReadOnlyDictionary<string, double> Scores);

namespace Electra.Inference;

/// <summary>A passage in the order of how well it answers a query.</summary>
/// <param name="Index">Its place among the passages that were given, from 0.</param>
/// <param name="Passage">Its text.</param>
/// <param name="Score">How well it does; larger is better. Of a <see cref="CrossEncoder"/> a probability from 0 to 1.</param>
/// <param name="IsCut">Whether it was longer than the model takes, and its end not looked at.</param>
public sealed record RankedPassage(int Index, string Passage, double Score, bool IsCut)
{
    /// <summary>The best passages by falling score, those of equal score in their order.</summary>
    internal static IReadOnlyList<RankedPassage> Best(IEnumerable<RankedPassage> passages, int? topK) =>
        [.. passages.OrderByDescending(passage => passage.Score).Take(topK ?? int.MaxValue)];
}

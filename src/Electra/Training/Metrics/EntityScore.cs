namespace Electra.Training;

/// <summary>How many entities of tagged sequences are found: those with the right ends and the right type.</summary>
/// <param name="Correct">Found.</param>
/// <param name="Gold">There.</param>
/// <param name="Predicted">Predicted.</param>
/// <param name="ByType">Each type's own, by name, with how many are there.</param>
/// <param name="TokenAccuracy">The share of tags that are right.</param>
internal sealed record EntityScore(
    int Correct, int Gold, int Predicted, IReadOnlyDictionary<string, (PrecisionRecall Score, int Gold)> ByType, double TokenAccuracy)
{
    /// <summary>Of all entities together.</summary>
    public PrecisionRecall Micro => PrecisionRecall.Of(Correct, Gold, Predicted);

    /// <summary>The mean F1 of the types; 0 without any.</summary>
    public double MacroF1 => ByType.Count == 0 ? 0 : ByType.Values.Average(type => type.Score.F1);

    /// <summary>Compares predicted sequences with the truth, each as long as its counterpart.</summary>
    public static EntityScore Of(IReadOnlyList<IReadOnlyList<string>> gold, IReadOnlyList<IReadOnlyList<string>> predicted, TagScheme scheme)
    {
        var truth = new List<(int, TagChunk)>();
        var said = new List<(int, TagChunk)>();
        long tokens = 0, right = 0;
        for (int i = 0; i < gold.Count; i++)
        {
            if (gold[i].Count != predicted[i].Count)
                throw new ArgumentException($"Sequence {i} has {gold[i].Count} tags, its prediction {predicted[i].Count}.", nameof(predicted));
            truth.AddRange(TagChunk.Of(gold[i], scheme).Select(chunk => (i, chunk)));
            said.AddRange(TagChunk.Of(predicted[i], scheme).Select(chunk => (i, chunk)));
            tokens += gold[i].Count;
            right += gold[i].Zip(predicted[i]).Count(pair => pair.First == pair.Second);
        }

        HashSet<(int, TagChunk)> found = [.. truth];
        found.IntersectWith(said);
        int Count(IEnumerable<(int, TagChunk Chunk)> chunks, string type) => chunks.Count(item => item.Chunk.Type == type);
        Dictionary<string, (PrecisionRecall, int)> types = truth.Concat(said).Select(item => item.Item2.Type).Distinct().Order(StringComparer.Ordinal).ToDictionary(
            type => type, type => (PrecisionRecall.Of(Count(found, type), Count(truth, type), Count(said, type)), Count(truth, type)));
        return new EntityScore(found.Count, truth.Count, said.Count, types, (double)right / tokens);
    }
}

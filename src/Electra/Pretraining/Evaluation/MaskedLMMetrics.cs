namespace Electra.Pretraining;

/// <summary>
/// How well a masked language model predicts, told apart by what it reads there. The loss that is trained, as the paper has it, is over all
/// of these places; but where a word was kept the answer stands in the input, so that loss flatters: only [MASK] shows what was learned.
/// </summary>
/// <param name="Mask">Where it reads [MASK].</param>
/// <param name="Kept">Where it reads the word itself.</param>
/// <param name="Random">Where it reads another word.</param>
public sealed record MaskedLMMetrics(MaskedLMScore Mask, MaskedLMScore Kept, MaskedLMScore Random)
{
    /// <summary>The figures by the names they have in <c>metrics.jsonl</c>; places that did not occur are left out.</summary>
    public IEnumerable<(string Name, double Value)> Figures() =>
        Figures("mask", Mask).Concat(Figures("kept", Kept)).Concat(Figures("random", Random));

    private static IEnumerable<(string, double)> Figures(string place, MaskedLMScore score) =>
        score.Count == 0 ? [] : [($"{place}_loss", score.Loss), ($"{place}_accuracy", score.Accuracy)];
}

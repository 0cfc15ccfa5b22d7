using System.Text.Json;
using Electra.Data;
using Electra.Optimization;
using Electra.Training;

namespace Electra.Pretraining;

public sealed partial record PretrainingOptions
{
    /// <summary>Checks every option.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">Some are out of range; the message names each of them.</exception>
    public PretrainingOptions Validate()
    {
        string[] faults = [.. Problems()];
        return faults.Length == 0 ? this : throw new ArgumentException($"Wrong pre-training options: {string.Join("; ", faults)}.");
    }

    /// <summary>Makes sure that a model was made with these options.</summary>
    /// <exception cref="ArgumentException">It was not; names what differs.</exception>
    internal PretrainingOptions RequireModel(PretrainingModelOptions model) => RequireSame(nameof(Model), Model, model, "the model was made with");

    /// <summary>Makes sure that data was opened with these options.</summary>
    /// <exception cref="ArgumentException">It was not; names what differs.</exception>
    internal PretrainingOptions RequireData(DataOptions data) => RequireSame(nameof(Data), Data, data, "the data was opened with");

    private PretrainingOptions RequireSame<T>(string name, T said, T used, string how)
    {
        if (Equals(said, used)) return this;
        var differences = new List<string>();
        Compare(name, JsonSerializer.SerializeToNode(said, Json), JsonSerializer.SerializeToNode(used, Json), differences);
        throw new ArgumentException(
            $"These options are not those that {how}: {string.Join("; ", differences.Select(line => line.Replace(" now, but was ", ", there ", StringComparison.Ordinal)))}. Make both from one {nameof(PretrainingOptions)}.");
    }

    private IEnumerable<string> Problems()
    {
        foreach (string problem in Model.Problems()) yield return problem;
        foreach (string problem in Masking.Problems()) yield return problem;
        if (DataProblem() is string data) yield return data;
        foreach (string problem in TrainingProblems(DataOptions.ShortestSequence)) yield return problem;
        foreach (string problem in Muon?.Problems() ?? []) yield return $"{nameof(Muon)}.{problem}";
        if (Muon is not null && Optimizer.Flavor == AdamWFlavor.Google) yield return $"{nameof(Muon)} does not go with {nameof(AdamWFlavor)}.{AdamWFlavor.Google}";
        foreach (string problem in LocalSgdProblems()) yield return $"{nameof(LocalSgd)}.{problem}";
        if (RateWidth < 1) yield return $"{nameof(RateWidth)} must be at least 1, not {RateWidth}";
        if (AverageDecay is not (>= 0 and < 1)) yield return $"{nameof(AverageDecay)} must be at least 0 and below 1, not {AverageDecay}";
        if (AverageDecay > 0 && LocalSgd is not null) yield return $"{nameof(AverageDecay)} does not go with {nameof(LocalSgd)}: the ranks' weights are not the same after each update";
        if (EvaluationExamples < 1) yield return $"{nameof(EvaluationExamples)} must be at least 1, not {EvaluationExamples}";
        if (AlarmPatience < 1) yield return $"{nameof(AlarmPatience)} must be at least 1, not {AlarmPatience}";
    }

    private IEnumerable<string> LocalSgdProblems()
    {
        if (LocalSgd is not { } local) yield break;
        foreach (string problem in local.Problems()) yield return problem;
        if (local.Steps < 1) yield break;
        foreach ((string name, long every) in ((string, long)[])[(nameof(EvaluateEvery), EvaluateEvery), (nameof(SaveEvery), SaveEvery)])
            if (every % local.Steps != 0) yield return $"{nameof(LocalSgdOptions.Steps)} ({local.Steps}) must divide {name}, which is {every}: weights are evaluated and saved when they are averaged";
    }

    private string? DataProblem()
    {
        try
        {
            Data.Validate();
            return null;
        }
        catch (ArgumentException error)
        {
            return error.Message.TrimEnd('.');
        }
    }
}

namespace Electra.Benchmarks.Race.Judging;

/// <summary>What judges found.</summary>
internal sealed class Judgement
{
    /// <summary>Figures by <see cref="JudgeColumn.Key"/>.</summary>
    public Dictionary<string, double> Figures { get; } = [];

    /// <summary>What a model that knows nothing gets by the same count.</summary>
    public Dictionary<string, double> Baselines { get; } = [];

    /// <summary>Adds a figure with its baseline, unless it could not be told.</summary>
    public void Add(string key, double reached, double baseline)
    {
        if (double.IsFinite(reached)) Figures[key] = reached;
        if (double.IsFinite(baseline)) Baselines[key] = baseline;
    }
}

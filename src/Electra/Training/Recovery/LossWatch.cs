using System.Text.Json;
using System.Text.Json.Nodes;

namespace Electra.Training;

/// <summary>Watches the mean losses of reports for one that is far above those before it.</summary>
/// <param name="threshold">How many deviations above their mean is far; null: none is.</param>
internal sealed class LossWatch(double? threshold)
{
    private const int Window = 20, Fewest = 10; // reports
    private const double LeastDeviation = 0.01; // of the mean: a loss that hardly moves at all has hardly any

    private readonly List<double> _losses = [];
    private int _phase;

    /// <summary>Takes a report; tells whether it stands out.</summary>
    /// <param name="loss">Its mean loss.</param>
    /// <param name="phase">Of the run; the losses of another phase say nothing.</param>
    public LossSpike? Watch(double loss, int phase)
    {
        if (threshold is null) return null;
        if (phase != _phase) _losses.Clear();
        _phase = phase;
        LossSpike? before = _losses.Count < Fewest ? null : Summary();
        _losses.Add(loss);
        if (_losses.Count > Window) _losses.RemoveAt(0);
        return before is not null && loss > before.Mean + (threshold.Value * before.Deviation) ? before : null;
    }

    /// <summary>What a checkpoint holds; null for nothing.</summary>
    public JsonObject? ToJson() => _losses.Count == 0 ? null : new() { ["phase"] = _phase, ["losses"] = JsonSerializer.SerializeToNode(_losses) };

    /// <summary>Takes up what a checkpoint holds; null for nothing.</summary>
    public void Restore(JsonObject? saved)
    {
        _losses.Clear();
        if (saved is null || threshold is null) return;
        _phase = saved["phase"]!.GetValue<int>();
        _losses.AddRange(saved["losses"].Deserialize<double[]>()!);
    }

    private LossSpike Summary()
    {
        double mean = _losses.Average(), variance = _losses.Sum(loss => (loss - mean) * (loss - mean)) / (_losses.Count - 1);
        return new LossSpike(mean, Math.Max(Math.Sqrt(variance), LeastDeviation * Math.Abs(mean)));
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Data;
using Electra.Training;

namespace Electra.Pretraining;

/// <summary>Where a run is in its text.</summary>
internal sealed class RunPosition
{
    /// <summary>The phase of the last update, from 0.</summary>
    public int Phase { get; set; }

    /// <summary>Where the next batch begins, in the examples of the phase.</summary>
    public DataPosition Position { get; set; }

    /// <summary>What is missing from the epochs that were given up when a phase of another length began.</summary>
    public double EpochsSkipped { get; set; }

    /// <summary>As a checkpoint holds it.</summary>
    public JsonObject ToJson() => new()
    {
        ["phase"] = Phase,
        ["position"] = JsonSerializer.SerializeToNode(Position),
        ["epochs_skipped"] = EpochsSkipped,
    };

    /// <summary>Takes up the place that a checkpoint holds.</summary>
    public void Restore(TrainingCheckpoint checkpoint)
    {
        Position = checkpoint.Value<DataPosition>("position");
        // Absent from checkpoints of versions without phases.
        if (checkpoint.Values.ContainsKey("phase")) Phase = checkpoint.Value<int>("phase");
        if (checkpoint.Values.ContainsKey("epochs_skipped")) EpochsSkipped = checkpoint.Value<double>("epochs_skipped");
    }
}

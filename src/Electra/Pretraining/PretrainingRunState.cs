using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Data;
using Electra.Optimization;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// What a checkpoint of a run holds: weights, moments, running figures, and where it is. Random state is not among it, since every
/// draw is derived from the seed and the step.
/// </summary>
internal sealed class PretrainingRunState(
    ElectraPretrainingModel model,
    PretrainingDataset data,
    PretrainingOptions options,
    FlatParameters parameters,
    FusedAdamW optimizer,
    StepMetrics metrics)
{
    /// <summary>Updates made.</summary>
    public long Step { get; set; }

    /// <summary>The phase of the last update, from 0.</summary>
    public int Phase { get; set; }

    /// <summary>Where the next batch begins, in the examples of the phase.</summary>
    public DataPosition Position { get; set; }

    /// <summary>What is missing from the epochs that were given up when a phase of another length began.</summary>
    public double EpochsSkipped { get; set; }

    /// <summary>Tokens trained on, without padding.</summary>
    public long TokensSeen { get; set; }

    /// <summary>Time that the run has taken, evaluation and saving included, in all its parts.</summary>
    public TimeSpan TimeUsed { get; set; }

    /// <summary>Saves a checkpoint and gives its folder.</summary>
    public string Save(TrainingCheckpointStore store)
    {
        using var scope = NewDisposeScope();
        var values = new JsonObject
        {
            ["phase"] = Phase,
            ["position"] = JsonSerializer.SerializeToNode(Position),
            ["epochs_skipped"] = EpochsSkipped,
            ["tokens_seen"] = TokensSeen,
            ["time_used"] = JsonSerializer.SerializeToNode(TimeUsed),
            ["threads"] = get_num_threads(),
            ["data"] = data.Fingerprint,
            ["config"] = JsonNode.Parse(model.Config.ToJson()),
            ["options"] = JsonNode.Parse(options.ToJson()),
        };
        return store.Save(Step, Tensors(), values);
    }

    /// <summary>Takes over everything that a checkpoint holds.</summary>
    /// <exception cref="ArgumentException">
    /// It belongs to a run with other options, another model or other data; every difference is named.
    /// </exception>
    /// <exception cref="InvalidDataException">It is incomplete.</exception>
    public void Restore(TrainingCheckpoint checkpoint)
    {
        var differences = new List<string>();
        PretrainingOptions saved = PretrainingOptions.Parse(checkpoint.Value<JsonObject>("options").ToJsonString(), checkpoint.Folder);
        differences.AddRange(options.DifferencesFrom(saved));
        PretrainingOptions.Compare("config", JsonNode.Parse(model.Config.ToJson()), checkpoint.Value<JsonObject>("config"), differences);
        if (data.DifferenceFrom(checkpoint.Value<string>("data")) is string difference) differences.Add(difference);
        if (differences.Count > 0)
        {
            throw new ArgumentException(
                $"The run in '{checkpoint.Folder}' can't be resumed: {string.Join("; ", differences)}. " +
                "Use the options it was started with, another output folder, or turn resuming off to start anew.");
        }

        using var scope = NewDisposeScope();
        using (no_grad())
            foreach ((string name, Tensor tensor) in Tensors()) checkpoint.Tensors.CopyInto(name, tensor);
        (Step, Position, TokensSeen) = (checkpoint.Step, checkpoint.Value<DataPosition>("position"), checkpoint.Value<long>("tokens_seen"));
        // Absent from checkpoints of versions without phases and clock.
        if (checkpoint.Values.ContainsKey("phase")) Phase = checkpoint.Value<int>("phase");
        if (checkpoint.Values.ContainsKey("epochs_skipped")) EpochsSkipped = checkpoint.Value<double>("epochs_skipped");
        if (checkpoint.Values.ContainsKey("time_used")) TimeUsed = checkpoint.Value<TimeSpan>("time_used");
    }

    private IEnumerable<(string Name, Tensor Tensor)> Tensors() =>
    [
        .. parameters.Entries.Select(entry => ($"parameters.{entry.Name}", entry.View(parameters.Values))),
        .. optimizer.State().Select(state => ($"optimizer.{state.Name}", state.Tensor)),
        .. metrics.State().Select(state => ($"metrics.{state.Name}", state.Tensor)),
    ];
}

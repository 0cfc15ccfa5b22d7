using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Distributed;
using Electra.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Training;

/// <summary>
/// What a checkpoint of a run holds: weights, moments, running figures, and where it is. Random state is not among it, since every
/// draw is derived from the seed and the step.
/// </summary>
internal sealed class TrainingState(
    ITrainingTask task, TrainingOptions options, FusedAdamW optimizer, IEnumerable<(string Name, Tensor Tensor)> sums, OuterOptimizer? outer = null)
{
    /// <summary>Updates made.</summary>
    public long Step { get; set; }

    /// <summary>Tokens trained on, without padding.</summary>
    public long TokensSeen { get; set; }

    /// <summary>Time that the run has taken, evaluation and saving included, in all its parts.</summary>
    public TimeSpan TimeUsed { get; set; }

    /// <summary>The step of the last evaluation of held-out text; -1 before the first.</summary>
    public long EvaluatedStep { get; set; } = -1;

    /// <summary>What the run has gone back for.</summary>
    public Rollbacks Rollbacks { get; set; } = Rollbacks.None;

    /// <summary>The losses of the last reports.</summary>
    public LossWatch Losses { get; } = new(options.LossSpikeThreshold);

    /// <summary>How many processes train together.</summary>
    public int Ranks { get; init; } = 1;

    /// <summary>Saves a checkpoint and gives its folder.</summary>
    public string Save(TrainingCheckpointStore store, CancellationToken cancellationToken = default)
    {
        using var scope = NewDisposeScope();
        return store.Save(Step, Tensors(), Values(), cancellationToken);
    }

    /// <summary>Copies everything as it is now.</summary>
    /// <param name="store">Where it goes.</param>
    /// <param name="snapshot">Holds the copy until the next one.</param>
    /// <returns>Saves the copy, on any thread, and gives the checkpoint's folder.</returns>
    public Func<string> Snapshot(TrainingCheckpointStore store, CheckpointSnapshot snapshot)
    {
        using var scope = NewDisposeScope();
        (long step, JsonObject values) = (Step, Values());
        IReadOnlyList<(string, Tensor)> copy = snapshot.Take(Tensors());
        return () => store.Save(step, copy, values);
    }

    private JsonObject Values()
    {
        JsonObject values = task.Describe();
        values["tokens_seen"] = TokensSeen;
        values["time_used"] = JsonSerializer.SerializeToNode(TimeUsed);
        values["evaluated_step"] = EvaluatedStep;
        values["threads"] = get_num_threads();
        values["device"] = DeviceName;
        values["compute_dtype"] = task.ComputeDtype.ToString();
        if (Ranks > 1) values["ranks"] = Ranks;
        if (Rollbacks.Count > 0) values["rollbacks"] = JsonSerializer.SerializeToNode(Rollbacks);
        if (Losses.ToJson() is { } losses) values["report_losses"] = losses;
        return values;
    }

    /// <summary>Takes over everything that a checkpoint holds.</summary>
    /// <returns>What the run was planned for, when it is longer now; else null.</returns>
    /// <exception cref="ArgumentException">
    /// It belongs to a run with other options, another model or other data; every difference is named, and nothing is taken over.
    /// </exception>
    /// <exception cref="InvalidDataException">It is incomplete.</exception>
    public TrainingOptions? Restore(TrainingCheckpoint checkpoint)
    {
        TrainingOptions saved = task.OptionsOf(checkpoint);
        string[] differences = [.. task.DifferencesFrom(checkpoint), .. FrozenDifferences(checkpoint)];
        if (differences.Length > 0)
        {
            throw new ArgumentException(
                $"The run in '{checkpoint.Folder}' can't be resumed: {string.Join("; ", differences)}. " +
                "Use the options it was started with, another output folder, or turn resuming off to start anew.");
        }

        TakeTensors(checkpoint);
        task.Restore(checkpoint);
        TakePlace(checkpoint);
        if (checkpoint.Values.ContainsKey("rollbacks")) Rollbacks = checkpoint.Value<Rollbacks>("rollbacks");
        // Absent from checkpoints of versions without a clock.
        if (checkpoint.Values.ContainsKey("time_used")) TimeUsed = checkpoint.Value<TimeSpan>("time_used");
        return options.Extends(saved) ? saved : null;
    }

    /// <summary>Goes back to a checkpoint of this run: weights, moments, figures and step. Time and text go on.</summary>
    /// <exception cref="InvalidDataException">It is incomplete.</exception>
    public void GoBack(TrainingCheckpoint checkpoint)
    {
        TakeTensors(checkpoint);
        task.GoBack(checkpoint);
        TakePlace(checkpoint);
    }

    /// <summary>Waits for the device: whether all weights are finite.</summary>
    public bool IsFinite()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return float.IsFinite(task.Parameters.Values.norm().cpu().item<float>());
    }

    /// <summary>Gives all ranks what rank 0 has restored, or begins with; running figures stay with rank 0.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="restored">What rank 0 has restored; null for none, and on other ranks.</param>
    /// <param name="isGoingBack">Whether the run has gone back to it.</param>
    /// <returns>The checkpoint's folder; null for none.</returns>
    public string? Share(IProcessGroup group, TrainingCheckpoint? restored, bool isGoingBack = false)
    {
        SharedPlace? place = group.AtRankZero(
            () => restored is null ? null : new SharedPlace(restored.Folder, Step, TokensSeen, TimeUsed, EvaluatedStep, restored.Values));
        if (group.Rank != 0 && place is not null)
        {
            using TrainingCheckpoint received = TrainingCheckpoint.OfOtherRank(place);
            if (isGoingBack) task.GoBack(received);
            else task.Restore(received);
            (Step, TokensSeen, TimeUsed, EvaluatedStep) = (place.Step, place.TokensSeen, place.TimeUsed, place.EvaluatedStep);
            if (!isGoingBack && received.Values.ContainsKey("rollbacks")) Rollbacks = received.Value<Rollbacks>("rollbacks");
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach ((string name, Tensor tensor) in Tensors())
        {
            if (!name.StartsWith(FigurePrefix, StringComparison.Ordinal)) group.Broadcast(tensor);
            else if (group.Rank != 0) tensor.zero_();
        }

        return place?.Checkpoint;
    }

    /// <summary>How this machine computes otherwise than the one that saved a checkpoint, so that results will differ; null when it does not.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    public string? OtherArithmetic(TrainingCheckpoint checkpoint)
    {
        var differences = new List<string>();
        void Compare(string key, string now, Func<string, string, string> say)
        {
            if (checkpoint.Values.TryGetPropertyValue(key, out JsonNode? then) && then!.ToString() != now)
                differences.Add(say(then.ToString(), now));
        }

        Compare("compute_dtype", task.ComputeDtype.ToString(), (then, now) => $"in {then}, now in {now}");
        Compare("device", DeviceName, (then, now) => $"on {then}, now on {now}");
        if (task.Device.type == DeviceType.CPU)
            Compare("threads", get_num_threads().ToString(CultureInfo.InvariantCulture), (then, now) => $"with {then} thread(s), now {now}");
        int ranks = checkpoint.Values.ContainsKey("ranks") ? checkpoint.Value<int>("ranks") : 1;
        if (ranks != Ranks) differences.Add($"by {ranks} rank(s), now {Ranks}");
        return differences.Count == 0 ? null : string.Join("; ", differences);
    }

    private const string FigurePrefix = "metrics.";

    private void TakeTensors(TrainingCheckpoint checkpoint)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach ((string name, Tensor tensor) in Tensors())
        {
            // Running figures that another version does not keep begin at 0.
            bool isFigure = name.StartsWith(FigurePrefix, StringComparison.Ordinal);
            if (checkpoint.Tensors.Entries.ContainsKey(name) || !isFigure) checkpoint.Tensors.CopyInto(name, tensor);
            else tensor.zero_();
        }
    }

    private void TakePlace(TrainingCheckpoint checkpoint)
    {
        (Step, TokensSeen) = (checkpoint.Step, checkpoint.Value<long>("tokens_seen"));
        // In older ones, an evaluation that was due had been made.
        EvaluatedStep = checkpoint.Values.ContainsKey("evaluated_step") ? checkpoint.Value<long>("evaluated_step") : Step;
        Losses.Restore(checkpoint.Values["report_losses"] as JsonObject);
    }

    private string DeviceName => task.Device.type.ToString();

    // Frozen weights are in a checkpoint too, without moments: it then holds whole networks, and says by itself what was trained.
    private string[] FrozenDifferences(TrainingCheckpoint checkpoint)
    {
        const int named = 3;
        bool WasTrained(string name) => checkpoint.Tensors.Entries.ContainsKey($"optimizer.exp_avg.{name}");
        string[] changes =
        [
            .. task.Parameters.Frozen.Where(frozen => WasTrained(frozen.Name)).Select(frozen => $"'{frozen.Name}' is frozen now, but was trained"),
            .. task.Parameters.Entries.Where(entry => !WasTrained(entry.Name)).Select(entry => $"'{entry.Name}' is trained now, but was frozen"),
        ];
        return changes.Length <= named ? changes : [.. changes[..named], $"and {changes.Length - named} more"];
    }

    private IEnumerable<(string Name, Tensor Tensor)> Tensors()
    {
        FlatParameters parameters = task.Parameters;
        return
        [
            .. parameters.Entries.Select(entry => ($"parameters.{entry.Name}", entry.View(parameters.Values))),
            .. parameters.Frozen.Select(frozen => ($"parameters.{frozen.Name}", frozen.Parameter.alias())),
            .. optimizer.State().Select(state => ($"optimizer.{state.Name}", state.Tensor)),
            .. outer?.State() ?? [],
            .. task.Average?.State() ?? [],
            .. sums.Concat(task.Sums).Select(sum => (FigurePrefix + sum.Name, sum.Tensor)),
        ];
    }
}

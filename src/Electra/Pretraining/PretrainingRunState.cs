using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Configuration;
using Electra.Data;
using Electra.Optimization;
using Electra.Training;
using TorchSharp;
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

    /// <summary>The step of the last evaluation of held-out text; -1 before the first.</summary>
    public long EvaluatedStep { get; set; } = -1;

    /// <summary>Saves a checkpoint and gives its folder.</summary>
    public string Save(TrainingCheckpointStore store, CancellationToken cancellationToken = default)
    {
        using var scope = NewDisposeScope();
        var values = new JsonObject
        {
            ["phase"] = Phase,
            ["position"] = JsonSerializer.SerializeToNode(Position),
            ["epochs_skipped"] = EpochsSkipped,
            ["tokens_seen"] = TokensSeen,
            ["time_used"] = JsonSerializer.SerializeToNode(TimeUsed),
            ["evaluated_step"] = EvaluatedStep,
            ["threads"] = get_num_threads(),
            ["device"] = DeviceName,
            ["compute_dtype"] = model.ComputeDtype.ToString(),
            ["data"] = data.Fingerprint,
            ["config"] = JsonNode.Parse(model.Config.ToJson()),
            ["options"] = JsonNode.Parse(options.ToJson()),
        };
        return store.Save(Step, Tensors(), values, cancellationToken);
    }

    /// <summary>Takes over everything that a checkpoint holds.</summary>
    /// <returns>What the run was planned for, when it is longer now; else null.</returns>
    /// <exception cref="ArgumentException">
    /// It belongs to a run with other options, another model or other data; every difference is named, and nothing is taken over.
    /// </exception>
    /// <exception cref="InvalidDataException">It is incomplete.</exception>
    public PretrainingOptions? Restore(TrainingCheckpoint checkpoint)
    {
        var differences = new List<string>();
        PretrainingOptions saved = PretrainingOptions.Parse(checkpoint.Value<JsonObject>("options").ToJsonString(), checkpoint.Folder);
        bool isExtended = options.Extends(saved);
        differences.AddRange(options.DifferencesFrom(saved, checkpoint.Step));
        ElectraConfig then = ElectraConfig.Parse(checkpoint.Value<JsonObject>("config").ToJsonString(), checkpoint.Folder);
        PretrainingOptions.Compare("config", JsonNode.Parse(model.Config.ToJson()), JsonNode.Parse(then.ToJson()), differences);
        if (data.DifferenceFrom(checkpoint.Value<string>("data")) is string difference) differences.Add(difference);
        differences.AddRange(FrozenDifferences(checkpoint));
        if (differences.Count > 0)
        {
            throw new ArgumentException(
                $"The run in '{checkpoint.Folder}' can't be resumed: {string.Join("; ", differences)}. " +
                "Use the options it was started with, another output folder, or turn resuming off to start anew.");
        }

        using var scope = NewDisposeScope();
        using (no_grad())
        {
            foreach ((string name, Tensor tensor) in Tensors())
            {
                if (checkpoint.Tensors.Entries.ContainsKey(name) || !IsNew(name)) checkpoint.Tensors.CopyInto(name, tensor);
            }
        }

        (Step, Position, TokensSeen) = (checkpoint.Step, checkpoint.Value<DataPosition>("position"), checkpoint.Value<long>("tokens_seen"));
        // Absent from checkpoints of versions without phases and clock.
        if (checkpoint.Values.ContainsKey("phase")) Phase = checkpoint.Value<int>("phase");
        if (checkpoint.Values.ContainsKey("epochs_skipped")) EpochsSkipped = checkpoint.Value<double>("epochs_skipped");
        if (checkpoint.Values.ContainsKey("time_used")) TimeUsed = checkpoint.Value<TimeSpan>("time_used");
        // In those, an evaluation that was due had been made.
        EvaluatedStep = checkpoint.Values.ContainsKey("evaluated_step") ? checkpoint.Value<long>("evaluated_step") : Step;
        return isExtended ? saved : null;
    }

    /// <summary>How this machine computes otherwise than the one that saved a checkpoint, so that results will differ; null when it does not.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="dtype">The element type of activations now.</param>
    public string? OtherArithmetic(TrainingCheckpoint checkpoint, ScalarType dtype)
    {
        var differences = new List<string>();
        void Compare(string key, string now, Func<string, string, string> say)
        {
            if (checkpoint.Values.TryGetPropertyValue(key, out JsonNode? then) && then!.ToString() != now)
                differences.Add(say(then.ToString(), now));
        }

        Compare("compute_dtype", dtype.ToString(), (then, now) => $"in {then}, now in {now}");
        Compare("device", DeviceName, (then, now) => $"on {then}, now on {now}");
        if (model.Device.type == DeviceType.CPU)
            Compare("threads", get_num_threads().ToString(CultureInfo.InvariantCulture), (then, now) => $"with {then} thread(s), now {now}");
        return differences.Count == 0 ? null : string.Join("; ", differences);
    }

    private string DeviceName => model.Device.type.ToString();

    // Running figures that earlier versions did not keep begin at 0.
    private static bool IsNew(string name) => name is "metrics.places" or "metrics.text_loss";

    // Frozen weights are in a checkpoint too, without moments: it then holds whole networks, and says by itself what was trained.
    private string[] FrozenDifferences(TrainingCheckpoint checkpoint)
    {
        const int named = 3;
        bool WasTrained(string name) => checkpoint.Tensors.Entries.ContainsKey($"optimizer.exp_avg.{name}");
        string[] changes =
        [
            .. parameters.Frozen.Where(frozen => WasTrained(frozen.Name)).Select(frozen => $"'{frozen.Name}' is frozen now, but was trained"),
            .. parameters.Entries.Where(entry => !WasTrained(entry.Name)).Select(entry => $"'{entry.Name}' is trained now, but was frozen"),
        ];
        return changes.Length <= named ? changes : [.. changes[..named], $"and {changes.Length - named} more"];
    }

    private IEnumerable<(string Name, Tensor Tensor)> Tensors() =>
    [
        .. parameters.Entries.Select(entry => ($"parameters.{entry.Name}", entry.View(parameters.Values))),
        .. parameters.Frozen.Select(frozen => ($"parameters.{frozen.Name}", frozen.Parameter.alias())),
        .. optimizer.State().Select(state => ($"optimizer.{state.Name}", state.Tensor)),
        .. metrics.State().Select(state => ($"metrics.{state.Name}", state.Tensor)),
    ];
}

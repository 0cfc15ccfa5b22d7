using System.Text.Json;

namespace Electra.FineTuning;

public sealed partial record FineTuningOptions
{
    // Beside what may change in any run.
    private static readonly string[] AlsoFree = [nameof(EvaluateEachEpoch)];

    /// <summary>All options as JSON, keys as the properties are called.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads options from JSON; what is absent has its default.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Where it comes from, for messages.</param>
    /// <exception cref="InvalidDataException">It is no JSON, or has an unknown key or a value of the wrong kind.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static FineTuningOptions Parse(string json, string source) => Read<FineTuningOptions>(json, source, "fine-tuning options").Validate();

    /// <summary>
    /// What keeps a run with these options from going on from a run with others, one line an option; empty when it can. Cadence and folders may
    /// differ, and there may be more epochs.
    /// </summary>
    /// <param name="saved">The options of the run.</param>
    public IReadOnlyList<string> DifferencesFrom(FineTuningOptions saved)
    {
        var differences = new List<string>();
        List<string> free = [.. Free, .. AlsoFree];
        if (Extends(saved)) free.AddRange([nameof(Epochs), nameof(TrainSteps), nameof(WarmupSteps), nameof(Budget)]);
        Compare("", JsonSerializer.SerializeToNode(this, Json), JsonSerializer.SerializeToNode(saved, Json), differences, [.. free]);
        return differences;
    }
}

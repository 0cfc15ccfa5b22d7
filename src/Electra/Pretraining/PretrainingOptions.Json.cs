using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Data;
using Electra.Training;

namespace Electra.Pretraining;

public sealed partial record PretrainingOptions
{
    // Beside what may change in any run (a micro-batch decides on memory, and only the order of sums and the dropout draws depend on it; but a ramp
    // grows in micro-batches).
    private static readonly string[] AlsoFree = [nameof(EvaluationExamples), nameof(AlarmPatience)];

    // Of the model, null in the files of earlier versions where they were not used; what used them can't be gone on with.
    private static readonly string[] Former = ["DiscriminatorLossWeightChange", "InitializerWidth"];

    private const string MicroBatch = $".{nameof(DataOptions.MicroBatchSize)}"; // of the data and of every phase

    /// <summary>All options as JSON, keys as the properties are called.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads options from JSON; what is absent has its default.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Where it comes from, for messages.</param>
    /// <exception cref="InvalidDataException">It is no JSON, or has an unknown key or a value of the wrong kind.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static PretrainingOptions Parse(string json, string source)
    {
        PretrainingOptions options = Read<PretrainingOptions>(WithoutFormer(json, source), source, "pre-training options");
        return options.Validate();
    }

    /// <summary>These options with some replaced.</summary>
    /// <param name="json">An object as of <see cref="ToJson"/>, in which only what is to differ need be.</param>
    /// <param name="source">Where it comes from, for messages.</param>
    /// <exception cref="InvalidDataException">It is no JSON object, or has an unknown key or a value of the wrong kind.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PretrainingOptions With(string json, string source)
    {
        JsonObject options = JsonNode.Parse(ToJson())!.AsObject();
        Replace(options, ReadObject(json, source), "");
        return Parse(options.ToJsonString(), source);

        void Replace(JsonObject target, JsonObject values, string path)
        {
            foreach ((string key, JsonNode? value) in values)
            {
                if (!target.ContainsKey(key))
                    throw new InvalidDataException($"{source}: there is no option {path}{key}; there are {string.Join(", ", target.Select(option => option.Key))}.");
                if (value is JsonObject inner && target[key] is JsonObject part) Replace(part, inner, $"{path}{key}.");
                else target[key] = value?.DeepClone();
            }
        }
    }

    private static string WithoutFormer(string json, string source)
    {
        if (!Former.Any(key => json.Contains(key, StringComparison.Ordinal))) return json;
        JsonObject options = ReadObject(json, source);
        if (options[nameof(Model)] is not JsonObject model) return json;
        foreach (string key in Former.Where(key => model.ContainsKey(key) && model[key] is null)) model.Remove(key);
        return options.ToJsonString();
    }

    private static JsonObject ReadObject(string json, string source)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject ?? throw new InvalidDataException($"{source}: these are no options: an object {{...}} is expected.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{source}: this is no JSON: {error.Message}", error);
        }
    }

    /// <summary>
    /// What keeps a run with these options from going on from a run with others, one line an option; empty when it can. Cadence and
    /// folders may differ, and the run may be longer than it was: more <see cref="TrainingOptions.TrainSteps"/>, or a larger <see cref="TrainingOptions.Budget"/>.
    /// </summary>
    /// <param name="saved">The options of the run.</param>
    /// <param name="step">Updates that it has made; what was over by then may differ too.</param>
    public IReadOnlyList<string> DifferencesFrom(PretrainingOptions saved, long step = 0)
    {
        var differences = new List<string>();
        List<string> free = [.. Free, .. AlsoFree];
        if (BatchRamp is null) free.Add(MicroBatch);
        if (Extends(saved))
        {
            free.AddRange([nameof(TrainSteps), nameof(Budget)]);
            if (step >= Math.Max(WarmupSteps, saved.WarmupSteps)) free.Add(nameof(WarmupSteps));
        }

        Compare("", JsonSerializer.SerializeToNode(this, Json), JsonSerializer.SerializeToNode(saved, Json), differences, [.. free]);
        return differences;
    }
}

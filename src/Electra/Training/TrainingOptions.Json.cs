using System.Text.Json;
using System.Text.Json.Serialization;

namespace Electra.Training;

public abstract partial record TrainingOptions
{
    /// <summary>How options are written: keys as the properties are called.</summary>
    private protected static JsonSerializerOptions Json { get; } = new()
    {
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
    };

    /// <summary>What may change between the parts of any run, since what is learned doesn't hang on it.</summary>
    private protected static IReadOnlyList<string> Free { get; } =
    [
        nameof(OutputFolder), nameof(Resume), nameof(LogEvery), nameof(EvaluateEvery), nameof(SaveEvery), nameof(KeepCheckpoints), nameof(SaveInBackground),
        // What has happened already is in the checkpoint; a run that ended for its numbers may be told to go back instead.
        nameof(MaxSkippedSteps), nameof(MaxRollbacks), nameof(RollbackLearningRateFactor), nameof(LossSpikeThreshold), nameof(RollBackOnLossSpike),
        $"{nameof(DataParallel)}.{nameof(DataParallelOptions.OverlapCommunication)}", $"{nameof(DataParallel)}.{nameof(DataParallelOptions.BucketBytes)}",
    ];

    /// <summary>Reads options from JSON; what is absent has its default.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Where it comes from, for messages.</param>
    /// <param name="what">What it should be, for messages.</param>
    /// <exception cref="InvalidDataException">It is no JSON, or has an unknown key or a value of the wrong kind.</exception>
    private protected static TOptions Read<TOptions>(string json, string source, string what)
        where TOptions : TrainingOptions
    {
        try
        {
            var options = JsonSerializer.Deserialize<TOptions>(json, Json);
            return options is null || options.Phases.Contains(null!) ? throw new JsonException("null") : options;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{source}: these are no {what}: {error.Message}", error);
        }
    }
}

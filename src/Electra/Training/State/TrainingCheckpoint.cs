using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Checkpoints;

namespace Electra.Training;

/// <summary>A checkpoint that was found intact, open for reading. Made by <see cref="TrainingCheckpointStore.LoadLatest"/>.</summary>
internal sealed class TrainingCheckpoint : IDisposable
{
    internal const string TensorsFile = "state.safetensors";
    internal const string StateFile = "state.json";

    private readonly SafetensorsReader? _tensors;

    private TrainingCheckpoint(string folder, long step, JsonObject values, SafetensorsReader? tensors) =>
        (Folder, Step, Values, _tensors) = (folder, step, values, tensors);

    /// <summary>The folder it lies in.</summary>
    public string Folder { get; }

    /// <summary>The number of finished steps.</summary>
    public long Step { get; }

    /// <summary>The small values that were saved: data position, options.</summary>
    public JsonObject Values { get; }

    /// <summary>The tensors that were saved; <see cref="SafetensorsReader.CopyInto"/> restores one in place.</summary>
    /// <exception cref="InvalidOperationException">It was read by another rank.</exception>
    public SafetensorsReader Tensors => _tensors ?? throw new InvalidOperationException($"Checkpoint '{Folder}' was read by another rank.");

    /// <summary>One of <see cref="Values"/>.</summary>
    /// <param name="key">The name it was saved under.</param>
    /// <exception cref="InvalidDataException">It is absent or of another form.</exception>
    public T Value<T>(string key)
    {
        try
        {
            if (Values[key] is { } node && node.Deserialize<T>() is { } value) return value;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"'{key}' of checkpoint '{Folder}' is not a {typeof(T).Name}: {error.Message}", error);
        }

        throw new InvalidDataException($"Checkpoint '{Folder}' holds no '{key}'; it was saved by another version or program.");
    }

    /// <summary>Closes the tensor file.</summary>
    public void Dispose() => _tensors?.Dispose();

    /// <summary>A checkpoint that another rank has read, without its tensors.</summary>
    internal static TrainingCheckpoint OfOtherRank(SharedPlace place) => new(place.Checkpoint, place.Step, place.Values, null);

    /// <summary>Writes <see cref="StateFile"/>.</summary>
    internal static void WriteState(Stream stream, long step, JsonObject values)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("step", step);
        json.WritePropertyName("values");
        values.WriteTo(json);
        json.WriteEndObject();
    }

    /// <summary>The small values alone, unchecked; null where they can't be read.</summary>
    internal static JsonObject? TryReadValues(string folder)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, StateFile)))?["values"] as JsonObject;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Opens a checkpoint folder after checking every file against its manifest.</summary>
    /// <exception cref="InvalidDataException">A file is missing, altered or malformed; the message names it.</exception>
    internal static TrainingCheckpoint Open(string folder, long step)
    {
        CheckpointManifest.Verify(folder);
        JsonNode? state;
        string path = Path.Combine(folder, StateFile);
        try
        {
            state = JsonNode.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"'{path}' is not valid JSON: {error.Message}", error);
        }

        if (state is not JsonObject { Count: 2 } root || root["values"] is not JsonObject values
            || root["step"] is not JsonValue number || !number.TryGetValue(out long saved) || saved != step)
        {
            throw new InvalidDataException($"'{path}' does not describe step {step}.");
        }

        return new TrainingCheckpoint(folder, step, values, SafetensorsReader.Open(Path.Combine(folder, TensorsFile)));
    }
}

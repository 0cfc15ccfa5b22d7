using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Electra.Benchmarks.CommandLine;
using Electra.Files;
using Electra.Training;

namespace Electra.Benchmarks.Race;

/// <summary>JSON files of a race, written in one step.</summary>
internal static class JsonFile
{
    /// <summary>How results are written.</summary>
    public static JsonSerializerOptions Style { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    /// <summary>Reads an object.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static JsonObject Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? throw new JsonException("it is no object");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} can't be read ({error.Message}); delete it.", error);
        }
    }

    /// <summary>Writes it, and the folders on the way to it.</summary>
    public static void Write(string path, JsonNode value)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        FileSync.ReplaceFile(path, stream => stream.Write(Encoding.UTF8.GetBytes(value.ToJsonString(Style) + "\n")));
    }

    /// <summary>Writes it, or makes sure that what is there says the same.</summary>
    /// <param name="path">The file.</param>
    /// <param name="now">What it should say.</param>
    /// <param name="what">Whose settings those are, for messages.</param>
    /// <param name="free">Keys that may differ, as in <see cref="TrainingOptions.Compare"/>.</param>
    /// <exception cref="UsageException">It says something else.</exception>
    public static void Require(string path, JsonObject now, string what, string[] free)
    {
        if (!File.Exists(path))
        {
            Write(path, now);
            return;
        }

        List<string> differences = [];
        // as it would be read again
        TrainingOptions.Compare("", JsonNode.Parse(now.ToJsonString(Style)), Read(path), differences, free);
        if (differences.Count == 0) return;
        throw new UsageException($"'{Path.GetDirectoryName(path)}' was begun otherwise: of {what}, {string.Join("; ", differences)}. "
            + "Go on with the same, name another --output (or variant), or delete that folder.");
    }
}

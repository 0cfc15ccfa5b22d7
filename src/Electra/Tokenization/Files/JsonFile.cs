using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Files;

namespace Electra.Tokenization;

/// <summary>Reads and writes JSON objects; what is wrong with one is said with the file's path.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions Written =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonObject Read(string path)
    {
        try
        {
            // repeated keys, and halves of characters, would otherwise only show when they are first read
            JsonObject json = JsonNode.Parse(File.ReadAllText(path), documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new InvalidDataException($"{path}: expected a JSON object");
            ReadTexts(json);
            return json;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path}: not valid JSON: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException($"{path}: it has half of a character in a text: {exception.Message}", exception);
        }
    }

    /// <summary>An empty object when there is no such file.</summary>
    public static JsonObject ReadIfThere(string path) => File.Exists(path) ? Read(path) : [];

    public static void Write(string path, JsonObject json) => WriteText(path, json.ToJsonString(Written) + "\n");

    public static void WriteText(string path, string text) =>
        FileSync.ReplaceFile(path, file => file.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Reads true, false or null; a missing key is null.</summary>
    public static bool? Flag(string path, JsonObject json, string key) => json[key] switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out bool flag) => flag,
        _ => throw new InvalidDataException($"{path}: '{key}' must be true, false or null"),
    };

    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static int? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out int number) ? number : null;

    private static void ReadTexts(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject properties:
                foreach ((_, JsonNode? value) in properties) ReadTexts(value);
                break;
            case JsonArray values:
                foreach (JsonNode? value in values) ReadTexts(value);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                value.GetValue<string>();
                break;
        }
    }
}

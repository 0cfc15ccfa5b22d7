using System.Text.Json;

namespace Electra.Data;

/// <summary>
/// Takes one field out of a line of JSON. What other fields hold is not looked at beyond its form: they may be nested to any depth, and
/// hold the NaN and Infinity of Python or halves of surrogate pairs.
/// </summary>
internal static class JsonLine
{
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>The text of a field of the object on a line; null, with a reason, when there is none.</summary>
    /// <param name="line">Valid UTF-8, not blank.</param>
    /// <param name="field">The name of a string field; of several with that name the last counts.</param>
    /// <param name="fault">What is wrong.</param>
    public static string? Text(ReadOnlySpan<byte> line, string field, out string? fault)
    {
        string? text = ReadText(line, field, out fault, out bool isJson);
        if (isJson || !JsonRepair.TryRepair(line, out byte[] repaired)) return text;
        return ReadText(repaired, field, out fault, out _);
    }

    /// <summary>What a file is whose first line this is, if that is JSON but not JSON Lines; else null.</summary>
    public static string? OtherForm(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, isFinalBlock: false, new JsonReaderState(AnyDepth));
            bool isArray = reader.Read() && reader.TokenType == JsonTokenType.StartArray;
            bool holdsObjects = isArray && reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (reader.Read()) { }
            // A line that was cut off ends within a token; one that was broken, between two.
            bool goesOn = (reader.CurrentDepth > 0 || reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                && line[(int)reader.BytesConsumed..].IndexOfAnyExcept(" \t\r,"u8) < 0;
            if (isArray && (holdsObjects || goesOn)) return "one JSON array";
            return goesOn ? "JSON whose first object goes on in the next line" : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? ReadText(ReadOnlySpan<byte> line, string field, out string? fault, out bool isJson)
    {
        isJson = true;
        fault = $"the object has no field '{field}'";
        try
        {
            var reader = new Utf8JsonReader(line, AnyDepth);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) fault = $"the line holds a JSON {Kind(reader.TokenType)}, not an object";
            Utf8JsonReader found = default;
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName) continue;
                bool isField = reader.ValueTextEquals(field);
                reader.Read();
                if (isField) found = reader;
            }

            if (found.TokenType == JsonTokenType.None) return null;
            fault = $"the field '{field}' is a JSON {Kind(found.TokenType)}, not a string";
            if (found.TokenType != JsonTokenType.String) return null;
            string text = found.GetString()!;
            fault = null;
            return text;
        }
        catch (JsonException exception)
        {
            fault = $"the line is not valid JSON ({exception.Message})";
        }
        catch (InvalidOperationException)
        {
            fault = $"the field '{field}' or a field name holds half of a surrogate pair";
        }

        isJson = false;
        return null;
    }

    private static string Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "object",
        JsonTokenType.StartArray => "array",
        JsonTokenType.True or JsonTokenType.False => "boolean",
        _ => token.ToString().ToLowerInvariant(),
    };
}

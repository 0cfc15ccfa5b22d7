using System.Text.Json;
using Electra.Data;

namespace Electra.FineTuning;

/// <summary>A file with a JSON object a line, whose fields are columns. Not every object needs all of them.</summary>
internal sealed class JsonLinesTable(string path) : ITable
{
    /// <inheritdoc/>
    public IEnumerable<TableRow> Read(IReadOnlyList<string> columns)
    {
        using CorpusStream stream = CorpusStream.Open(path);
        var lines = new Utf8LineReader(stream, path, TableFile.MaximumLineBytes);
        string[]? names = null; // of the columns that are wanted by a number those of the first object
        bool isEmpty = true;
        while (lines.Read())
        {
            if (lines.Fault is null && string.IsNullOrWhiteSpace(lines.Text)) continue;
            isEmpty = false;
            (JsonElement? row, string? fault) = lines.Fault is null ? Parse(lines.Bytes) : (null, lines.Fault);
            if (row is not JsonElement fields)
            {
                yield return TableRow.Broken(lines.LineNumber, fault!);
                continue;
            }

            if (names is null)
            {
                string[] own = [.. fields.EnumerateObject().Select(field => field.Name)];
                names = [.. TableFile.Find(path, columns, own).Select(place => own[place])];
            }

            yield return Row(lines.LineNumber, fields, names);
        }

        if (isEmpty) throw new InvalidDataException($"{path}: the file is empty.");
    }

    private static (JsonElement? Row, string? Fault) Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            JsonElement value = Element(line);
            return value.ValueKind == JsonValueKind.Object ? (value, null) : (null, $"the line holds {Kind(value)}, not an object");
        }
        catch (JsonException exception)
        {
            return (null, $"the line is not valid JSON ({exception.Message})");
        }
    }

    private static JsonElement Element(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        }
        catch (JsonException) when (JsonRepair.TryRepair(line.Span, out byte[] repaired, withNumbers: false)) // a label that is NaN is not 0
        {
            using JsonDocument document = JsonDocument.Parse(repaired);
            return document.RootElement.Clone();
        }
    }

    private static TableRow Row(long line, JsonElement fields, string[] columns)
    {
        var values = new object?[columns.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (!fields.TryGetProperty(columns[i], out JsonElement value) || value.ValueKind == JsonValueKind.Null) continue;
            if (value.ValueKind == JsonValueKind.Object || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().Any(IsNested)))
                return TableRow.Broken(line, $"the field '{columns[i]}' is {Kind(value)}, not a text, a number or a list of them");
            values[i] = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(Text).ToArray() : Text(value);
        }

        return new TableRow(line, values);
    }

    private static bool IsNested(JsonElement value) => value.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null;

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static string Kind(JsonElement value) => $"a JSON {value.ValueKind.ToString().ToLowerInvariant()}";
}

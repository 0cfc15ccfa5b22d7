using System.Text.Json;

namespace Electra.Data;

/// <summary>
/// The documents of a JSON Lines file (<c>.jsonl</c>, plain, <c>.gz</c> or <c>.zst</c>): each line an object whose text field is one
/// document; line ends inside the text separate its lines. A line that is no such object is malformed; blank lines are passed over.
/// </summary>
public sealed class JsonLinesDocumentSource : IDocumentSource
{
    private readonly string _path;
    private readonly CorpusOptions _options;

    /// <summary>A source over one file, which is opened when it is read.</summary>
    public JsonLinesDocumentSource(string path, CorpusOptions? options = null)
    {
        _path = path;
        _options = options ?? new CorpusOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    public IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default) =>
        ReadDocuments(new CorpusReport(), cancellationToken);

    /// <inheritdoc/>
    public IEnumerable<Document> ReadDocuments(CorpusReport report, CancellationToken cancellationToken = default)
    {
        using var stream = CorpusStream.Open(_path);
        var reader = new Utf8LineReader(stream, _path, _options.MaximumLineBytes);
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            string? fault = reader.Fault;
            string? text = fault is null ? ParseText(reader.Bytes, out fault) : null;
            if (fault is not null) report.AddMalformed(_path, reader.LineNumber, fault, _options.StopAtMalformed);
            if (text is null) continue;
            foreach (Document document in DocumentLines.Split(text, _options.MaximumDocumentCharacters))
            {
                report.Add(document);
                yield return document;
            }
        }
    }

    /// <summary>The text of a line; null with a reason in <paramref name="fault"/>, or null without one for a blank line.</summary>
    private string? ParseText(ReadOnlyMemory<byte> line, out string? fault)
    {
        fault = null;
        if (line.Span.IndexOfAnyExcept(" \t\r"u8) < 0) return null;
        try
        {
            using var json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            string name = _options.TextField;
            if (root.ValueKind != JsonValueKind.Object) fault = $"the line holds a JSON {Kind(root)}, not an object";
            else if (!root.TryGetProperty(name, out JsonElement field)) fault = $"the object has no field '{name}'";
            else if (field.ValueKind != JsonValueKind.String) fault = $"the field '{name}' is a JSON {Kind(field)}, not a string";
            else return field.GetString();
        }
        catch (JsonException exception)
        {
            fault = $"the line is not valid JSON ({exception.Message})";
        }
        catch (InvalidOperationException)
        {
            fault = $"the field '{_options.TextField}' or a field name holds half of a surrogate pair";
        }

        return null;
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        var kind => kind.ToString().ToLowerInvariant(),
    };
}

namespace Electra.Data;

/// <summary>
/// The documents of a JSON Lines file (<c>.jsonl</c>, <c>.ndjson</c> or <c>.json</c>, plain, <c>.gz</c> or <c>.zst</c>): each line an object
/// whose text field is one document; line ends inside the text separate its lines. A line that is no such object is malformed; blank lines
/// are passed over. Half of a surrogate pair in the text becomes U+FFFD, which tokenizers drop.
/// </summary>
internal sealed class JsonLinesDocumentSource : IDocumentSource
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
        bool isFirst = true;
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.Fault is null && reader.Bytes.Span.IndexOfAnyExcept(" \t\r"u8) < 0) continue;
            string? fault = reader.Fault;
            string? text = fault is null ? JsonLine.Text(reader.Bytes.Span, _options.TextField, out fault) : null;
            if (fault is not null)
            {
                if (isFirst) RequireJsonLines(reader.Fault is null ? reader.Bytes.Span : reader.FirstOfTooLong == '[' ? "["u8 : []);
                report.AddMalformed(_path, reader.LineNumber, fault, _options.SkipMalformed);
            }

            isFirst = false;
            if (text is null) continue;
            foreach (Document document in DocumentLines.Split(text, _options.MaximumDocumentCharacters, reader.LineNumber))
            {
                report.Add(document);
                yield return document;
            }
        }
    }

    /// <summary>Refuses a whole file of another form: skipping its lines would leave nothing of it.</summary>
    private void RequireJsonLines(ReadOnlySpan<byte> firstLine)
    {
        if (JsonLine.OtherForm(firstLine) is not string form) return;
        string filter = form.Contains("array", StringComparison.Ordinal) ? "'.[]'" : ".";
        throw new InvalidDataException($"{_path}: the file is {form}, not JSON Lines, which is one object a line. " +
            $"Convert it (jq -c {filter} old.json > new.jsonl), or name the other files alone.");
    }
}

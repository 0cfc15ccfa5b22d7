namespace Electra.Data;

/// <summary>
/// The documents of a UTF-8 text file (<c>.txt</c>, <c>.txt.gz</c>, <c>.txt.zst</c>): a line is a sentence or a paragraph, a blank line
/// ends a document, unless each line is a document by option. Invalid UTF-8 is malformed and, skipped, costs its line.
/// </summary>
internal sealed class TextDocumentSource : IDocumentSource
{
    private readonly string _path;
    private readonly CorpusOptions _options;

    /// <summary>A source over one file, which is opened when it is read.</summary>
    public TextDocumentSource(string path, CorpusOptions? options = null)
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
        var lines = new DocumentLines(_options.MaximumDocumentCharacters);
        bool more = true;
        while (more)
        {
            cancellationToken.ThrowIfCancellationRequested();
            more = reader.Read();
            bool ends = !more || !AddLine(reader, lines, report) || _options.OneDocumentPerLine;
            if (!lines.IsEmpty && (ends || lines.IsFull))
            {
                Document document = lines.Take();
                report.Add(document);
                yield return document;
            }

            if (ends) lines.EndDocument();
        }
    }

    /// <summary>Adds the current line; false when it is blank.</summary>
    private bool AddLine(Utf8LineReader reader, DocumentLines lines, CorpusReport report)
    {
        if (reader.Fault is not null)
        {
            report.AddMalformed(_path, reader.LineNumber, reader.Fault, _options.SkipMalformed);
            return true;
        }

        ReadOnlySpan<char> text = reader.Text.AsSpan().Trim();
        lines.Add(text, reader.LineNumber);
        return !text.IsEmpty;
    }
}

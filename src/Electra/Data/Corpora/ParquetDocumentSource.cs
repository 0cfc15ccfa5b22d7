using System.Text;
using Parquet;
using Parquet.Schema;

namespace Electra.Data;

/// <summary>
/// The documents of a Parquet file (plain, <c>.gz</c> or <c>.zst</c>; a compressed one is unpacked to a temporary file first): each row
/// of the text column is one document. One row group's column is in memory at a time. A null is malformed, as are invalid UTF-8 bytes
/// in a column without the string annotation; in a column with it, invalid bytes arrive as U+FFFD.
/// </summary>
internal sealed class ParquetDocumentSource : IDocumentSource
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly string _path;
    private readonly CorpusOptions _options;

    /// <summary>A source over one file, which is opened when it is read.</summary>
    public ParquetDocumentSource(string path, CorpusOptions? options = null)
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
        using Stream stream = CorpusStream.OpenSeekable(_path);
        using var file = new OpenFile(Guarded(() => ParquetReader.CreateAsync(stream, cancellationToken: cancellationToken)));
        ParquetReader reader = file.Reader;
        DataField column = FindColumn(reader.Schema);
        long row = 0;
        for (int group = 0; group < reader.RowGroupCount; group++)
        {
            foreach (object? value in ReadColumn(reader, group, column, cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                string? text = ToText(value, ++row, report);
                if (text is null) continue;
                foreach (Document document in DocumentLines.Split(text, _options.MaximumDocumentCharacters, row))
                {
                    report.Add(document);
                    yield return document;
                }
            }
        }
    }

    private object?[] ReadColumn(ParquetReader reader, int group, DataField column, CancellationToken cancellationToken) =>
        Guarded(async () =>
    {
        using ParquetRowGroupReader rows = reader.OpenRowGroupReader(group);
        if (column.ClrType == typeof(ReadOnlyMemory<byte>))
        {
            var bytes = new byte[]?[rows.RowCount];
            await rows.ReadAsync(column, bytes.AsMemory()!, null, cancellationToken).ConfigureAwait(false);
            return bytes;
        }

        var strings = new string?[rows.RowCount];
        await rows.ReadAsync(column, strings.AsMemory()!, null, cancellationToken).ConfigureAwait(false);
        return (object?[])strings;
    });

    private string? ToText(object? value, long row, CorpusReport report)
    {
        string reason = $"the column '{_options.TextField}' is null";
        try
        {
            if (value is string text) return text;
            if (value is byte[] bytes) return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            reason = $"the column '{_options.TextField}' is not valid UTF-8";
        }

        report.AddMalformed(_path, row, reason, _options.SkipMalformed);
        return null;
    }

    private DataField FindColumn(ParquetSchema schema)
    {
        DataField? column = Array.Find(schema.DataFields, field => field.Path.ToString() == _options.TextField);
        if (column is null)
        {
            throw new InvalidDataException($"{_path}: there is no column '{_options.TextField}'; the columns are " +
                $"{string.Join(", ", schema.DataFields.Select(field => field.Path.ToString()))}. Name the one that holds the text.");
        }

        bool holdsText = column.ClrType == typeof(ReadOnlyMemory<char>) || column.ClrType == typeof(ReadOnlyMemory<byte>);
        if (!holdsText || column.MaxRepetitionLevel > 0)
        {
            throw new InvalidDataException(
                $"{_path}: the column '{_options.TextField}' holds {column.ClrType.Name} values, not one text a row. " +
                "Name the one that holds the text.");
        }

        return column;
    }

    /// <summary>Damaged files make the package throw exceptions of many kinds; all become one that names the file.</summary>
    private T Guarded<T>(Func<Task<T>> read)
    {
        try
        {
            return read().GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new InvalidDataException($"{_path}: the Parquet file cannot be read ({exception.Message}).", exception);
        }
    }

    private sealed class OpenFile(ParquetReader reader) : IDisposable
    {
        public ParquetReader Reader => reader;

        public void Dispose() => reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}

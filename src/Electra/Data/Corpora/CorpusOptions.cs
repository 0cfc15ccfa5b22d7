namespace Electra.Data;

/// <summary>How text files are read.</summary>
public sealed record CorpusOptions
{
    /// <summary>The field of a JSON line, or the column of a Parquet file, that holds the text.</summary>
    /// <value>Default "text".</value>
    public string TextField { get; init; } = "text";

    /// <summary>Whether every non-blank line of a <c>.txt</c> file is a document; otherwise a blank line ends a document.</summary>
    /// <value>Default false.</value>
    public bool OneDocumentPerLine { get; init; }

    /// <summary>
    /// Whether malformed text (invalid UTF-8, a bad JSON line, a missing field) is skipped, counted and reported; otherwise it ends the
    /// reading.
    /// </summary>
    /// <value>Default false.</value>
    public bool SkipMalformed { get; init; }

    /// <summary>
    /// A document longer than this many UTF-16 characters is handed on in pieces, cut between lines: it bounds the memory.
    /// </summary>
    /// <value>Default 1,000,000.</value>
    public int MaximumDocumentCharacters { get; init; } = 1_000_000;

    /// <summary>A line of a file longer than this many bytes is malformed.</summary>
    /// <value>Default 64 MiB.</value>
    public int MaximumLineBytes { get; init; } = 64 << 20;

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(TextField);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumDocumentCharacters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumLineBytes, 16);
    }
}

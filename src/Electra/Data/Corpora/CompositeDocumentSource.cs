namespace Electra.Data;

/// <summary>Several sources read one after the other.</summary>
/// <param name="sources">The sources, in reading order.</param>
internal sealed class CompositeDocumentSource(IEnumerable<IDocumentSource> sources) : IDocumentSource
{
    private readonly IReadOnlyList<IDocumentSource> _sources = [.. sources];

    /// <inheritdoc/>
    public IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default) =>
        _sources.SelectMany(source => source.ReadDocuments(cancellationToken));

    /// <inheritdoc/>
    public IEnumerable<Document> ReadDocuments(CorpusReport report, CancellationToken cancellationToken = default) =>
        _sources.SelectMany(source => source.ReadDocuments(report, cancellationToken));
}

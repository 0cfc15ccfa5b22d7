using Electra.Data;

namespace Electra.Benchmarks.Workloads;

/// <summary>Documents that were read before.</summary>
internal sealed class DocumentsInMemory(IReadOnlyList<Document> documents) : IDocumentSource
{
    /// <inheritdoc/>
    public IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default) => documents;
}

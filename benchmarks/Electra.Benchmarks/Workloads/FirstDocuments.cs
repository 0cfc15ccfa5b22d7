using Electra.Data;

namespace Electra.Benchmarks.Workloads;

/// <summary>The beginning of a text, in whole documents.</summary>
/// <param name="source">The text.</param>
/// <param name="characters">How much of it: the document that reaches this is the last.</param>
internal sealed class FirstDocuments(IDocumentSource source, long characters) : IDocumentSource
{
    /// <inheritdoc/>
    public IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default)
    {
        long left = characters;
        foreach (Document document in source.ReadDocuments(cancellationToken))
        {
            yield return document;
            left -= document.CharacterCount;
            if (left <= 0) yield break;
        }
    }
}

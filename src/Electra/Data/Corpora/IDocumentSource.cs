namespace Electra.Data;

/// <summary>
/// Text as a stream of documents. Each call reads from the start again and gives the same documents in the same order, so that a
/// vocabulary can be learned in one pass and shards written in another.
/// </summary>
public interface IDocumentSource
{
    /// <summary>Reads the documents one after the other, and tells nobody of malformed text that it was asked to skip.</summary>
    /// <exception cref="InvalidDataException">A file is damaged, or text is malformed and is not to be skipped.</exception>
    IEnumerable<Document> ReadDocuments(CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads the documents one after the other and tells <paramref name="report"/> about each and about all that was skipped.
    /// </summary>
    /// <exception cref="InvalidDataException">A file is damaged, or text is malformed and is not to be skipped.</exception>
    IEnumerable<Document> ReadDocuments(CorpusReport report, CancellationToken cancellationToken = default)
    {
        foreach (Document document in ReadDocuments(cancellationToken))
        {
            report.Add(document);
            yield return document;
        }
    }
}

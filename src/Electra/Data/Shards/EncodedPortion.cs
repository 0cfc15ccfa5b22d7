using System.Runtime.InteropServices;

namespace Electra.Data;

/// <summary>A run of documents, and their ids once a worker thread has tokenized them.</summary>
internal sealed class EncodedPortion(IReadOnlyList<Document> documents, long characters)
{
    private readonly List<int> _ids = [];
    private readonly List<int> _lineLengths = [];
    private readonly List<(int Ids, int Lines, bool IsContinuation)> _ends = [];

    /// <summary>The UTF-16 characters of the documents.</summary>
    public long Characters => characters;

    /// <summary>Tokenizes the documents. Lines and documents that give no token are left out.</summary>
    public EncodedPortion Encode(EncodeToIds encode)
    {
        foreach (Document document in documents)
        {
            int before = _ids.Count;
            foreach (string line in document.Lines)
            {
                int start = _ids.Count;
                encode(line, _ids);
                if (_ids.Count > start) _lineLengths.Add(_ids.Count - start);
            }

            if (_ids.Count > before) _ends.Add((_ids.Count, _lineLengths.Count, document.IsContinuation));
        }

        return this;
    }

    /// <summary>Hands each document's ids and line lengths to <paramref name="write"/>, in order.</summary>
    public void WriteTo(TokenSink write)
    {
        (int id, int line) = (0, 0);
        ReadOnlySpan<int> ids = CollectionsMarshal.AsSpan(_ids);
        ReadOnlySpan<int> lines = CollectionsMarshal.AsSpan(_lineLengths);
        foreach ((int idEnd, int lineEnd, bool isContinuation) in _ends)
        {
            write(ids[id..idEnd], lines[line..lineEnd], isContinuation);
            (id, line) = (idEnd, lineEnd);
        }
    }

    /// <summary>Takes one document, or a further piece of the last one.</summary>
    internal delegate void TokenSink(ReadOnlySpan<int> tokens, ReadOnlySpan<int> lineLengths, bool isContinuation);
}

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

    /// <summary>The ids, once there are any.</summary>
    public int Tokens => _ids.Count;

    /// <summary>Tokenizes the documents. Lines and documents that give no token are left out.</summary>
    public EncodedPortion Encode(EncodeToIds encode)
    {
        bool isBeginningGone = false; // of a document whose first piece gave no token, so that the next is its first
        foreach (Document document in documents)
        {
            int before = _ids.Count;
            if (!document.IsContinuation) isBeginningGone = true;
            foreach (string line in document.Lines)
            {
                int start = _ids.Count;
                encode(line, _ids);
                if (_ids.Count > start) _lineLengths.Add(_ids.Count - start);
            }

            if (_ids.Count == before) continue;
            _ends.Add((_ids.Count, _lineLengths.Count, document.IsContinuation && !isBeginningGone));
            isBeginningGone = false;
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

    /// <summary>Writes what <see cref="Load"/> reads: characters, counts, line lengths, ends of documents, ids.</summary>
    /// <param name="writer">Where.</param>
    /// <param name="bytesPerToken">2 or 4.</param>
    public void Save(BinaryWriter writer, int bytesPerToken)
    {
        writer.Write(characters);
        foreach (int count in (int[])[_ends.Count, _lineLengths.Count, _ids.Count]) writer.Write(count);
        writer.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_lineLengths)));
        foreach ((int ids, int lines, bool isContinuation) in _ends)
        {
            writer.Write(ids);
            writer.Write(lines);
            writer.Write(isContinuation);
        }

        if (bytesPerToken == sizeof(int)) writer.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_ids)));
        else writer.Write(MemoryMarshal.AsBytes<ushort>([.. _ids.Select(id => checked((ushort)id))]));
    }

    /// <summary>Reads what was saved.</summary>
    public static EncodedPortion Load(BinaryReader reader, int bytesPerToken)
    {
        var portion = new EncodedPortion([], reader.ReadInt64());
        (int ends, int lines, int ids) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        CollectionsMarshal.SetCount(portion._lineLengths, lines);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(portion._lineLengths)));
        for (int end = 0; end < ends; end++) portion._ends.Add((reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean()));
        CollectionsMarshal.SetCount(portion._ids, ids);
        if (bytesPerToken == sizeof(int))
        {
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(portion._ids)));
            return portion;
        }

        var narrow = new ushort[ids];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(narrow.AsSpan()));
        for (int i = 0; i < ids; i++) portion._ids[i] = narrow[i];
        return portion;
    }

    /// <summary>Takes one document, or a further piece of the last one.</summary>
    internal delegate void TokenSink(ReadOnlySpan<int> tokens, ReadOnlySpan<int> lineLengths, bool isContinuation);
}

namespace Electra.Data;

/// <summary>What came out of reading a corpus so far. Filled by one reading thread; another thread may look at the counts.</summary>
/// <param name="onMalformed">Called for each record that is skipped; null: only counted.</param>
public sealed class CorpusReport(Action<MalformedRecord>? onMalformed = null)
{
    private const int KeptRecords = 20;
    private readonly List<MalformedRecord> _first = [];
    private long _documents;
    private long _lines;
    private long _characters;
    private long _malformed;

    /// <summary>The documents read.</summary>
    public long Documents => Interlocked.Read(ref _documents);

    /// <summary>The lines (sentences or paragraphs) of those documents.</summary>
    public long Lines => Interlocked.Read(ref _lines);

    /// <summary>The UTF-16 characters of those lines.</summary>
    public long Characters => Interlocked.Read(ref _characters);

    /// <summary>The records skipped because they could not be read.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>The first of the skipped records, at most 20.</summary>
    public IReadOnlyList<MalformedRecord> FirstMalformed
    {
        get { lock (_first) return [.. _first]; }
    }

    /// <summary>Counts a document, or a further piece of the last one.</summary>
    public void Add(Document document)
    {
        if (!document.IsContinuation) Interlocked.Increment(ref _documents);
        Interlocked.Add(ref _lines, document.Lines.Count);
        Interlocked.Add(ref _characters, document.CharacterCount);
    }

    /// <summary>Counts a record that is skipped.</summary>
    public void Add(MalformedRecord record)
    {
        Interlocked.Increment(ref _malformed);
        lock (_first)
        {
            if (_first.Count < KeptRecords) _first.Add(record);
        }

        onMalformed?.Invoke(record);
    }

    /// <summary>Counts a record and skips it, or throws unless <paramref name="skip"/>.</summary>
    internal void AddMalformed(string file, long line, string reason, bool skip)
    {
        var record = new MalformedRecord(file, line, reason);
        if (!skip) throw record.ToException();
        Add(record);
    }
}

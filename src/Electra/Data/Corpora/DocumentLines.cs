namespace Electra.Data;

/// <summary>Collects the lines of a document and hands them on in pieces of bounded size.</summary>
internal sealed class DocumentLines(int maximumCharacters)
{
    private List<string> _lines = [];
    private long _characters;
    private long _firstLine;
    private bool _isContinuation;

    /// <summary>Whether no line was added since the last <see cref="Take"/>.</summary>
    public bool IsEmpty => _lines.Count == 0;

    /// <summary>Whether the lines so far reach the size at which they are handed on.</summary>
    public bool IsFull => _characters >= maximumCharacters;

    /// <summary>Adds a line, which has this number in its file, without the white space around it; a blank one is left out.</summary>
    public void Add(ReadOnlySpan<char> line, long number)
    {
        line = line.Trim();
        if (line.IsEmpty) return;
        if (IsEmpty) _firstLine = number;
        _lines.Add(line.ToString());
        _characters += line.Length;
    }

    /// <summary>The lines so far as a document or a piece of one; what is added from now on continues it.</summary>
    public Document Take()
    {
        var document = new Document(_lines, _isContinuation) { FirstLine = _firstLine };
        _lines = [];
        _characters = 0;
        _isContinuation = true;
        return document;
    }

    /// <summary>Says that what is added from now on is another document.</summary>
    public void EndDocument() => _isContinuation = false;

    /// <summary>The document, or its pieces, that a whole text with line ends in it makes, all of which is in one line of its file.</summary>
    public static IEnumerable<Document> Split(string text, int maximumCharacters, long number)
    {
        var lines = new DocumentLines(maximumCharacters);
        for (int start = 0; start <= text.Length;)
        {
            int end = text.IndexOf('\n', start);
            if (end < 0) end = text.Length;
            lines.Add(text.AsSpan(start, end - start), number);
            start = end + 1;
            if (lines.IsFull) yield return lines.Take();
        }

        if (!lines.IsEmpty) yield return lines.Take();
    }
}

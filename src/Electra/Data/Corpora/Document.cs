namespace Electra.Data;

/// <summary>One document of a corpus: its lines in order, each a sentence or a paragraph, none of them blank.</summary>
/// <param name="Lines">The text. An empty list stands for a document without text.</param>
/// <param name="IsContinuation">Whether these are further lines of the document before, which was too long to come in one piece.</param>
public readonly record struct Document(IReadOnlyList<string> Lines, bool IsContinuation = false)
{
    /// <summary>
    /// The number, from 1, of the line of its file that it begins with, or of the row of a Parquet file; of text files its lines follow each other from there.
    /// </summary>
    /// <value>0: it comes from no file.</value>
    public long FirstLine { get; init; }

    /// <summary>The number of UTF-16 characters of all lines, line ends not counted.</summary>
    public long CharacterCount
    {
        get
        {
            long sum = 0;
            foreach (string line in Lines) sum += line.Length;
            return sum;
        }
    }
}

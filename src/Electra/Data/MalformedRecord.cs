namespace Electra.Data;

/// <summary>A piece of a corpus that could not be read.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Line">The line of a text file, or the row of a Parquet file, counted from 1.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record MalformedRecord(string File, long Line, string Reason)
{
    /// <summary>One readable line: file, place and reason.</summary>
    public override string ToString() => $"{File}, line {Line}: {Reason}";
}

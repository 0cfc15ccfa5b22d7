namespace Electra.Data;

/// <summary>A piece of a corpus that could not be read.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Line">The line of a text file, or the row of a Parquet file, counted from 1.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record MalformedRecord(string File, long Line, string Reason)
{
    /// <summary>
    /// The record at which a reading ended, so that a program can offer to skip such records; null for an error that
    /// <see cref="CorpusOptions.SkipMalformed"/> does not avoid.
    /// </summary>
    public static MalformedRecord? Of(InvalidDataException error) => error.Data[nameof(MalformedRecord)] as MalformedRecord;

    /// <summary>One readable line: file, place and reason.</summary>
    public override string ToString() => $"{File}, line {Line}: {Reason}";

    /// <summary>The error for this record.</summary>
    internal InvalidDataException ToException() =>
        new($"{this}. Mend the file, or let malformed text be skipped.") { Data = { [nameof(MalformedRecord)] = this } };
}

namespace Electra.FineTuning;

/// <summary>A row of a table, of which only the columns that were asked for were read.</summary>
/// <param name="Line">Where it begins, from 1; of a Parquet file the row.</param>
/// <param name="Values">One a column: a string, several as an array, or null.</param>
/// <param name="Fault">What is wrong with it; null when nothing is.</param>
internal readonly record struct TableRow(long Line, object?[] Values, string? Fault = null)
{
    /// <summary>A row that cannot be read.</summary>
    public static TableRow Broken(long line, string fault) => new(line, [], fault);

    /// <summary>The text in a column; null where there is none.</summary>
    public string? Text(int column) => Values[column] switch
    {
        null => null,
        string text => text,
        string[] several => string.Join(' ', several),
        var other => throw new InvalidOperationException($"A table holds {other.GetType().Name}."),
    };
}

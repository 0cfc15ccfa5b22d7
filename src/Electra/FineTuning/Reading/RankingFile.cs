namespace Electra.FineTuning;

/// <summary>Reads queries with the passages that are to be ranked for them.</summary>
public static class RankingFile
{
    private static readonly TableColumns WikiQA = new("#1", "#3", "#2");

    /// <summary>
    /// Reads a table of pairs: a query, a passage, and 1 where that answers the query, else 0. Rows of one query make an example, wherever they stand. Without
    /// <paramref name="columns"/> it is read as WikiQA's files (Yang et al. 2015) are often passed on: those three, parted by tabs, without a header. For
    /// WikiQA's own files name <c>Question</c>, <c>Label</c>, <c>Sentence</c> and <c>QuestionID</c>.
    /// </summary>
    /// <param name="path">The file: with tabs, <c>.csv</c>, <c>.jsonl</c> or <c>.parquet</c>, each also <c>.gz</c> or <c>.zst</c>.</param>
    /// <param name="columns">
    /// Which columns hold the query (the text), the passage (the second text), the label and, so that equal queries are kept apart, what a query is called.
    /// <value>Default: the first, the second, the third, and none.</value>
    /// </param>
    /// <param name="options">How it is read; without <paramref name="columns"/> there is no header.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is empty, lacks a column, or has a row that cannot be read and may not be skipped.</exception>
    /// <exception cref="ArgumentException"><paramref name="columns"/> names no passage or no label.</exception>
    public static ExampleSet<RankingExample> Read(string path, TableColumns? columns = null, ReadingOptions? options = null)
    {
        options ??= new ReadingOptions();
        if (columns is null) (columns, options) = (WikiQA, options with { HasHeader = false });
        if (columns.Pair is null || columns.Label is null) throw new ArgumentException("A ranking needs columns with the passage (Pair) and the label.", nameof(columns));
        string[] names = [columns.Text, columns.Pair, columns.Label, .. columns.Id is string id ? [id] : Array.Empty<string>()];
        ExampleSet<Row> rows = TableFile.Examples(path, TableFile.Open(path, options).Read(names), options, row => Pair(row, columns));
        return new ExampleSet<RankingExample>(
            path, [.. rows.Examples.GroupBy(row => (row.Id, row.Query)).Select(group => new RankingExample(
                group.Key.Query, [.. group.Select(row => row.Passage)], [.. group.Select(row => row.IsRelevant)], group.Key.Id))], rows.Skipped);
    }

    private static (Row?, string?) Pair(TableRow row, TableColumns columns)
    {
        string? query = row.Text(0), passage = row.Text(1), label = row.Text(2)?.Trim();
        if (string.IsNullOrWhiteSpace(query)) return (null, $"the column '{columns.Text}' has no query");
        if (string.IsNullOrWhiteSpace(passage)) return (null, $"the column '{columns.Pair}' has no passage");
        if (label is not ("0" or "1")) return (null, $"the label column '{columns.Label}' holds '{label}', which is neither 0 nor 1");
        return (new Row(query, passage, label == "1", row.Values.Length > 3 ? row.Text(3) : null), null);
    }

    private sealed record Row(string Query, string Passage, bool IsRelevant, string? Id);
}

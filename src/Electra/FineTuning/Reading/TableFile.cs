using Electra.Data;

namespace Electra.FineTuning;

/// <summary>Opens a table by the name of its file, and counts or refuses rows that cannot be read.</summary>
internal static class TableFile
{
    /// <summary>The longest row that is kept.</summary>
    public const int MaximumLineBytes = 1 << 26;

    /// <summary>
    /// The table in a file: <c>.jsonl</c>, <c>.ndjson</c> or <c>.json</c> lines, <c>.parquet</c>, or delimited; each also <c>.gz</c> or <c>.zst</c>.
    /// </summary>
    public static ITable Open(string path, ReadingOptions options)
    {
        if (Directory.Exists(path)) throw new InvalidDataException($"{path}: this is a folder, not a file of examples.");
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no file '{path}'.", path);
        return Path.GetExtension(CorpusStream.WithoutCompression(path)).ToUpperInvariant() switch
        {
            ".JSONL" or ".NDJSON" or ".JSON" => new JsonLinesTable(path),
            ".PARQUET" => new ParquetTable(path),
            ".CSV" => new DelimitedTable(path, options.Separator ?? ',', options.HasQuotes ?? true, options.HasHeader),
            _ => new DelimitedTable(path, options.Separator ?? '\t', options.HasQuotes ?? false, options.HasHeader),
        };
    }

    /// <summary>Makes examples of rows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="options">Whether bad rows may be skipped.</param>
    /// <param name="make">An example, or what is wrong with the row.</param>
    /// <exception cref="InvalidDataException">A row cannot be read, or there is none.</exception>
    public static ExampleSet<T> Examples<T>(string path, IEnumerable<TableRow> rows, ReadingOptions options, Func<TableRow, (T? Example, string? Fault)> make)
        where T : class
    {
        var examples = new List<T>();
        var skipped = new List<MalformedRecord>();
        foreach (TableRow row in rows)
        {
            (T? example, string? fault) = row.Fault is null ? make(row) : (null, row.Fault);
            if (fault is null) examples.Add(example!);
            else Refuse(new MalformedRecord(path, row.Line, fault), options, skipped);
        }

        if (examples.Count == 0)
            throw new InvalidDataException($"{path}: there is no example in it" + (skipped.Count > 0 ? $"; {skipped.Count} row(s) could not be read, the first: {skipped[0]}." : "."));
        return new ExampleSet<T>(path, examples, skipped);
    }

    /// <summary>Notes a record that cannot be read, if that is allowed.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public static void Refuse(MalformedRecord record, ReadingOptions options, List<MalformedRecord> skipped)
    {
        if (!options.SkipMalformed) throw record.ToException();
        skipped.Add(record);
    }

    /// <summary>Finds columns by their names, or by number.</summary>
    /// <exception cref="InvalidDataException">One is not there; the message lists those that are.</exception>
    public static int[] Find(string path, IReadOnlyList<string> wanted, IReadOnlyList<string> columns)
    {
        var found = new int[wanted.Count];
        for (int i = 0; i < found.Length; i++)
        {
            string name = wanted[i];
            found[i] = name is ['#', ..] && int.TryParse(name.AsSpan(1), out int number) && number >= 1 && number <= columns.Count
                ? number - 1
                : columns.ToList().IndexOf(name);
            if (found[i] >= 0) continue;
            string? near = columns.FirstOrDefault(column => string.Equals(column, name, StringComparison.OrdinalIgnoreCase));
            throw new InvalidDataException(
                $"{path}: there is no column '{name}'" + (near is null ? "" : $" (did you mean '{near}'?)") + $"; the columns are {string.Join(", ", columns)}.");
        }

        return found;
    }
}

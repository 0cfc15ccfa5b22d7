using System.Globalization;

namespace Electra.FineTuning;

/// <summary>Texts with labels, read from a table of any form, and what their labels are.</summary>
/// <param name="Set">The examples.</param>
/// <param name="Kind">What their labels are.</param>
public sealed record TextTable(ExampleSet<TextExample> Set, LabelKind Kind)
{
    private const int MostNumberedClasses = 50;

    /// <summary>
    /// Reads a file: <c>.csv</c>, <c>.tsv</c> or another with tabs, <c>.jsonl</c>, <c>.parquet</c>, each also <c>.gz</c> or <c>.zst</c>. What labels are
    /// follows from them: several at once where they are lists, or a separator is given; numbers where all are, and one has a fraction or there are
    /// more than 50 different ones that make up more than a tenth of the rows; else one class each.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Which columns hold what.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="kind">What labels are. <value>Default: as above.</value></param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is empty, lacks a column, or has a row that cannot be read and may not be skipped.</exception>
    public static TextTable Read(string path, TableColumns columns, ReadingOptions? options = null, LabelKind? kind = null)
    {
        options ??= new ReadingOptions();
        string?[] wanted = [columns.Text, columns.Label, columns.Pair, columns.Id];
        string[] names = [.. wanted.OfType<string>()];
        int[] places = [.. wanted.Select(name => name is null ? -1 : Array.IndexOf(names, name))];
        TableRow[] rows = [.. TableFile.Open(path, options).Read(names)];
        object?[] labels = places[1] < 0 ? [] : [.. rows.Where(row => row.Fault is null).Select(row => row.Values[places[1]])];
        LabelKind of = kind ?? KindOf(labels, options);
        return new TextTable(TableFile.Examples(path, rows, options, Make), of);

        (TextExample?, string?) Make(TableRow row)
        {
            string? text = row.Text(places[0]), pair = places[2] < 0 ? null : row.Text(places[2]);
            if (text is null || (places[2] >= 0 && pair is null)) return (null, $"the column '{(text is null ? columns.Text : columns.Pair)}' is null");
            var example = new TextExample(text, pair) { Id = places[3] < 0 ? null : row.Text(places[3]) };
            return places[1] < 0 ? (example, null) : Label(example, row.Values[places[1]], of, columns.Label!, options);
        }
    }

    private static (TextExample?, string?) Label(TextExample example, object? label, LabelKind kind, string column, ReadingOptions options)
    {
        string[] labels = label switch
        {
            null => [],
            string[] several => several,
            string text when kind == LabelKind.MultiLabel && options.LabelSeparator is char separator =>
                text.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            var text => [((string)text).Trim()],
        };
        labels = [.. labels.Where(name => name.Length > 0)];
        if (kind == LabelKind.MultiLabel) return label is null ? (null, $"the label column '{column}' is null") : (example with { Labels = [.. labels.Distinct()] }, null);
        if (labels.Length == 0) return (null, $"the label column '{column}' is empty");
        if (labels.Length > 1) return (null, $"the label column '{column}' has {labels.Length} labels in place of one");
        if (kind == LabelKind.SingleLabel) return (example with { Labels = labels }, null);
        return double.TryParse(labels[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? (example with { Value = value }, null)
            : (null, $"the label column '{column}' holds '{labels[0]}', which is no number");
    }

    private static LabelKind KindOf(object?[] labels, ReadingOptions options)
    {
        if (options.LabelSeparator is not null || labels.Any(label => label is string[])) return LabelKind.MultiLabel;
        string[] texts = [.. labels.OfType<string>().Select(text => text.Trim()).Where(text => text.Length > 0)];
        if (texts.Length == 0 || !texts.All(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))) return LabelKind.SingleLabel;
        int distinct = texts.Distinct().Count();
        bool areWhole = texts.All(text => long.TryParse(text, CultureInfo.InvariantCulture, out _));
        return !areWhole || (distinct > MostNumberedClasses && 10 * distinct > texts.Length) ? LabelKind.Number : LabelKind.SingleLabel;
    }
}

namespace Electra.FineTuning;

/// <summary>Reads multiple choice examples.</summary>
public static class ChoiceFile
{
    /// <summary>
    /// Reads JSON Lines with <c>text</c> (or <c>context</c> and <c>question</c>), <c>choices</c> (a list) and <c>label</c> (an index from 0, or a letter
    /// from A; choices that are to be made need none); or a table with SWAG's columns <c>sent1</c>, <c>sent2</c>, <c>ending0</c> to <c>ending3</c> and <c>label</c>, of which the second begins
    /// every choice.
    /// </summary>
    /// <param name="path">The file; also <c>.gz</c> or <c>.zst</c>.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is empty, lacks a column, or has a row that cannot be read and may not be skipped.</exception>
    public static ExampleSet<ChoiceExample> Read(string path, ReadingOptions? options = null)
    {
        options ??= new ReadingOptions();
        ITable table = TableFile.Open(path, options);
        if (table is JsonLinesTable)
        {
            bool hasText = Has(table, "text");
            string[] columns = hasText ? ["text", "choices"] : ["context", "question", "choices"];
            return TableFile.Examples(path, table.Read([.. columns, .. Label(table)]), options, row => Json(row, hasText));
        }

        return TableFile.Examples(path, table.Read(["sent1", "sent2", "ending0", "ending1", "ending2", "ending3", .. Label(table)]), options, Swag);
    }

    // Choices that are to be made have none.
    private static string[] Label(ITable table) => Has(table, "label") ? ["label"] : [];

    private static bool Has(ITable table, string column)
    {
        try
        {
            return table.Read([column]).Any(row => row.Fault is null);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static (ChoiceExample?, string?) Json(TableRow row, bool hasText)
    {
        string? text = hasText ? row.Text(0) : row.Text(0) is string context && row.Text(1) is string question ? $"{context} {question}" : null;
        int at = hasText ? 1 : 2;
        if (text is null) return (null, "there is no text");
        if (row.Values[at] is not string[] { Length: >= 2 } choices) return (null, "'choices' is no list of two or more");
        return Of(text, choices, row.Values.Length > at + 1 ? row.Text(at + 1) : null);
    }

    private static (ChoiceExample?, string?) Swag(TableRow row) =>
        Of(row.Text(0)!, [.. Enumerable.Range(2, 4).Select(i => $"{row.Text(1)} {row.Text(i)}".Trim())], row.Values.Length > 6 ? row.Text(6) : null);

    private static (ChoiceExample?, string?) Of(string text, string[] choices, string? label)
    {
        if (string.IsNullOrEmpty(label)) return (new ChoiceExample(text, choices), null);
        int right = int.TryParse(label, out int index) ? index : label is [char letter] && char.IsAsciiLetter(letter) ? char.ToUpperInvariant(letter) - 'A' : -1;
        return right >= 0 && right < choices.Length
            ? (new ChoiceExample(text, choices, right), null)
            : (null, $"the label is '{label}', but there are {choices.Length} choices");
    }
}

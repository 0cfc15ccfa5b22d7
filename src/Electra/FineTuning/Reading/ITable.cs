namespace Electra.FineTuning;

/// <summary>A file of rows with named columns.</summary>
internal interface ITable
{
    /// <summary>Reads some columns of every row.</summary>
    /// <param name="columns">Names, or <c>#1</c> and so on.</param>
    /// <exception cref="InvalidDataException">There is no such column, or the file as a whole is damaged.</exception>
    IEnumerable<TableRow> Read(IReadOnlyList<string> columns);
}

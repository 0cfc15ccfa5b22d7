using System.Text;
using Electra.Data;

namespace Electra.FineTuning;

/// <summary>A file of fields with a separator between them, in UTF-8, with or without quotes.</summary>
internal sealed class DelimitedTable(string path, char separator, bool hasQuotes, bool hasHeader, bool isRagged = false) : ITable
{
    private const int MostLinesOfARow = 10_000;

    /// <inheritdoc/>
    public IEnumerable<TableRow> Read(IReadOnlyList<string> columns)
    {
        using CorpusStream stream = CorpusStream.Open(path);
        var lines = new PendingLines(new Utf8LineReader(stream, path, TableFile.MaximumLineBytes));
        int[]? places = null;
        int width = 0;
        while (lines.Next() is { } line)
        {
            if (line.Text.Length == 0) continue;
            (List<string> fields, string? fault) = line.Fault is null ? Fields(line.Text, lines) : ([], line.Fault);
            if (places is null)
            {
                if (fault is not null) throw new InvalidDataException($"{path}, line {line.Number}: {fault}. It should name the columns.");
                width = fields.Count;
                places = TableFile.Find(path, columns, hasHeader ? fields : [.. Enumerable.Range(1, width).Select(number => $"#{number}")]);
                if (hasHeader) continue;
            }

            if (fault is null && (isRagged ? fields.Count <= places.Max() : fields.Count != width))
                fault = $"there are {fields.Count} fields where there should be {(isRagged ? places.Max() + 1 : width)}" + (isRagged ? " at least" : "");
            yield return fault is null ? new TableRow(line.Number, [.. places.Select(place => (object)fields[place])]) : TableRow.Broken(line.Number, fault);
        }

        if (places is null) throw new InvalidDataException($"{path}: the file is empty.");
    }

    private (List<string> Fields, string? Fault) Fields(string line, PendingLines lines)
    {
        if (!hasQuotes) return ([.. line.Split(separator)], null);
        var fields = new List<string>();
        var field = new StringBuilder();
        var taken = new List<PendingLines.Line>(); // lines that a quoted field goes on over
        for (int i = 0; ; i++)
        {
            if (i < line.Length && line[i] == '"' && field.Length == 0)
            {
                for (i++; ; i++)
                {
                    if (i >= line.Length)
                    {
                        PendingLines.Line? next = taken.Count < MostLinesOfARow ? lines.Next() : null;
                        if (next is not { Fault: null })
                        {
                            lines.GiveBack(next is null ? taken : [.. taken, next]);
                            return ([], $"field {fields.Count + 1} has a quote that opens and never closes");
                        }

                        taken.Add(next);
                        field.Append('\n');
                        (line, i) = (next.Text, -1);
                    }
                    else if (line[i] != '"')
                    {
                        field.Append(line[i]);
                    }
                    else if (i + 1 < line.Length && line[i + 1] == '"')
                    {
                        field.Append(line[i++]);
                    }
                    else
                    {
                        break;
                    }
                }

                if (i + 1 < line.Length && line[i + 1] != separator)
                {
                    lines.GiveBack(taken);
                    return ([], $"field {fields.Count + 1} goes on behind its closing quote");
                }
            }
            else if (i >= line.Length || line[i] == separator)
            {
                fields.Add(field.ToString());
                field.Clear();
                if (i >= line.Length) return (fields, null);
            }
            else
            {
                field.Append(line[i]);
            }
        }
    }

    /// <summary>Lines of a file, of which some may be given back.</summary>
    private sealed class PendingLines(Utf8LineReader reader)
    {
        private readonly Queue<Line> _back = new();

        public Line? Next() => _back.TryDequeue(out Line? line) ? line : reader.Read() ? new Line(reader.LineNumber, reader.Fault is null ? reader.Text : "?", reader.Fault) : null;

        public void GiveBack(IEnumerable<Line> lines)
        {
            Line[] behind = [.. _back];
            _back.Clear();
            foreach (Line line in lines.Concat(behind)) _back.Enqueue(line);
        }

        public sealed record Line(long Number, string Text, string? Fault);
    }
}

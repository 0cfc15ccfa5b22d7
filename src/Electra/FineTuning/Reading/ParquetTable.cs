using System.Globalization;
using Electra.Data;
using Parquet;
using Parquet.Schema;

namespace Electra.FineTuning;

/// <summary>A Parquet file. Columns of texts, numbers and truth values can be read; lists can not.</summary>
internal sealed class ParquetTable(string path) : ITable
{
    /// <inheritdoc/>
    public IEnumerable<TableRow> Read(IReadOnlyList<string> columns)
    {
        using Stream stream = CorpusStream.OpenSeekable(path);
        using var file = new OpenFile(Guarded(() => ParquetReader.CreateAsync(stream)));
        DataField[] fields = file.Reader.Schema.DataFields;
        DataField[] wanted = [.. TableFile.Find(path, columns, [.. fields.Select(field => field.Path.ToString())]).Select(place => fields[place])];
        DataField? list = Array.Find(wanted, field => field.MaxRepetitionLevel > 0);
        if (list is not null) throw new InvalidDataException($"{path}: the column '{list.Path}' holds lists; save such a table as JSON Lines.");
        long row = 0;
        for (int group = 0; group < file.Reader.RowGroupCount; group++)
        {
            object?[][] values = [.. wanted.Select(field => Guarded(() => Column(file.Reader, group, field)))];
            for (int i = 0; i < values[0].Length; i++) yield return new TableRow(++row, [.. values.Select(column => column[i])]);
        }
    }

    private static async Task<object?[]> Column(ParquetReader reader, int group, DataField field)
    {
        using ParquetRowGroupReader rows = reader.OpenRowGroupReader(group);
        if (field.ClrType == typeof(ReadOnlyMemory<char>))
        {
            var texts = new string?[rows.RowCount];
            await rows.ReadAsync(field, texts.AsMemory()!, null, CancellationToken.None).ConfigureAwait(false);
            return texts;
        }

        return field.ClrType switch
        {
            var type when type == typeof(int) => await Numbers<int>(rows, field).ConfigureAwait(false),
            var type when type == typeof(long) => await Numbers<long>(rows, field).ConfigureAwait(false),
            var type when type == typeof(short) => await Numbers<short>(rows, field).ConfigureAwait(false),
            var type when type == typeof(sbyte) => await Numbers<sbyte>(rows, field).ConfigureAwait(false),
            var type when type == typeof(byte) => await Numbers<byte>(rows, field).ConfigureAwait(false),
            var type when type == typeof(ushort) => await Numbers<ushort>(rows, field).ConfigureAwait(false),
            var type when type == typeof(uint) => await Numbers<uint>(rows, field).ConfigureAwait(false),
            var type when type == typeof(ulong) => await Numbers<ulong>(rows, field).ConfigureAwait(false),
            var type when type == typeof(float) => await Numbers<float>(rows, field).ConfigureAwait(false),
            var type when type == typeof(double) => await Numbers<double>(rows, field).ConfigureAwait(false),
            var type when type == typeof(bool) => await Numbers<bool>(rows, field).ConfigureAwait(false),
            _ => throw new InvalidDataException($"the column '{field.Path}' holds {field.ClrType.Name} values, not texts or numbers"),
        };
    }

    private static async Task<object?[]> Numbers<T>(ParquetRowGroupReader rows, DataField field)
        where T : struct, IConvertible
    {
        if (field.IsNullable)
        {
            var some = new T?[rows.RowCount];
            await rows.ReadAsync(field, some.AsMemory(), null, CancellationToken.None).ConfigureAwait(false);
            return [.. some.Select(value => value?.ToString(CultureInfo.InvariantCulture))];
        }

        var all = new T[rows.RowCount];
        await rows.ReadAsync(field, all.AsMemory(), null, CancellationToken.None).ConfigureAwait(false);
        return [.. all.Select(value => value.ToString(CultureInfo.InvariantCulture))];
    }

    private T Guarded<T>(Func<Task<T>> read)
    {
        try
        {
            return read().GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            throw new InvalidDataException($"{path}: the Parquet file cannot be read ({exception.Message}).", exception);
        }
    }

    private sealed class OpenFile(ParquetReader reader) : IDisposable
    {
        public ParquetReader Reader => reader;

        public void Dispose() => reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}

using System.Buffers;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Electra.Training;

/// <summary>
/// A JSON Lines file of a run's figures: one object a line, <c>{"step":100,"kind":"train","time":"2026-01-01T00:00:00Z","loss":6.5}</c>.
/// Numbers are written so that they read back exactly; NaN and the infinities, which JSON lacks, as the strings <c>"NaN"</c>,
/// <c>"Infinity"</c> and <c>"-Infinity"</c>.
/// </summary>
/// <remarks>A record reaches the operating system at once and so survives the process; <see cref="Flush"/> makes it survive the machine.
/// Otherwise not thread-safe.</remarks>
public sealed class MetricsLog : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly FileStream _stream; // of the handle; unbuffered, so that each record is one write to the operating system
    private readonly TimeProvider _time;
    private long _lastStep;

    private MetricsLog(SafeFileHandle handle, long length, long lastStep, TimeProvider? time)
    {
        (_handle, _stream) = (handle, new FileStream(handle, FileAccess.Write, bufferSize: 0) { Position = length });
        (_lastStep, _time) = (lastStep, time ?? TimeProvider.System);
    }

    /// <summary>Starts an empty log, replacing an existing file.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="time">The clock. <value>Default: the system's.</value></param>
    public static MetricsLog Create(string path, TimeProvider? time = null) => new(OpenFile(path, FileMode.Create), 0, long.MinValue, time);

    /// <summary>
    /// Goes on with a log after a resume: records after <paramref name="step"/> will come again and are cut off, as is a last line that
    /// was not finished. Starts an empty log when there is no file.
    /// </summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="step">The step of the checkpoint that the run resumes from.</param>
    /// <param name="time">The clock. <value>Default: the system's.</value></param>
    /// <param name="anew">A kind of record that is written anew: one of that step is cut off too, with what follows it. <value>Default: none.</value></param>
    /// <exception cref="InvalidDataException">A line before the last is not a record; the message names it.</exception>
    public static MetricsLog Resume(string path, long step, TimeProvider? time = null, string? anew = null)
    {
        (long length, long last) = File.Exists(path) ? FindEnd(File.ReadAllBytes(path), step, anew, path) : (0, long.MinValue);
        SafeFileHandle handle = OpenFile(path, FileMode.OpenOrCreate);
        RandomAccess.SetLength(handle, length);
        return new MetricsLog(handle, length, last, time);
    }

    /// <summary>Appends a record.</summary>
    /// <param name="step">The number of finished steps; never less than that of the record before.</param>
    /// <param name="kind">What the figures are about, for example <c>train</c> or <c>evaluation</c>.</param>
    /// <param name="values">Names (other than step, kind and time) and figures.</param>
    public void Write(long step, string kind, params ReadOnlySpan<(string Name, double Value)> values) => Write(step, kind, null, values);

    /// <summary>Appends an event, which is of the kind <c>event</c> and has its name as the value of <c>event</c>.</summary>
    internal void Write(TrainingEvent what) => Write(what.Step, "event", what.Name, [.. what.Figures]);

    private void Write(long step, string kind, string? name, ReadOnlySpan<(string Name, double Value)> values)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, _lastStep);
        var line = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteNumber("step", step);
            json.WriteString("kind", kind);
            if (name is not null) json.WriteString("event", name);
            json.WriteString("time", _time.GetUtcNow().UtcDateTime);
            foreach ((string figure, double value) in values) WriteValue(json, figure, value);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        _stream.Write(line.WrittenSpan);
        _lastStep = step;
    }

    /// <summary>
    /// Forces all records to the disk; called before a checkpoint is saved, it keeps the log from falling behind. Any thread may call it.
    /// </summary>
    public void Flush() => RandomAccess.FlushToDisk(_handle);

    /// <summary>Flushes and closes the file.</summary>
    public void Dispose()
    {
        if (_stream.CanWrite) Flush();
        _stream.Dispose();
    }

    private static void WriteValue(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteString(name, double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }

    private static SafeFileHandle OpenFile(string path, FileMode mode) => File.OpenHandle(path, mode, FileAccess.Write, FileShare.Read);

    /// <summary>The number of bytes to keep and the step of the last kept record.</summary>
    private static (long Length, long LastStep) FindEnd(ReadOnlySpan<byte> content, long step, string? anew, string path)
    {
        int kept = 0;
        long last = long.MinValue;
        for (int line = 1; kept < content.Length; line++)
        {
            int newline = content[kept..].IndexOf((byte)'\n');
            if (newline < 0) break;
            if (Read(content.Slice(kept, newline)) is not (long found, var kind))
            {
                if (kept + newline + 1 == content.Length) break;
                throw new InvalidDataException(
                    $"Line {line} of '{path}' is not a JSON object with a whole number 'step'. Mend or move the file.");
            }

            if (found > step || (found == step && kind is not null && kind == anew)) break;
            last = Math.Max(last, found);
            kept += newline + 1;
        }

        return (kept, last);
    }

    private static (long Step, string? Kind)? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using JsonDocument record = JsonDocument.ParseValue(ref reader);
            JsonElement root = record.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("step", out JsonElement value)
                || value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out long step)) return null;
            return (step, root.TryGetProperty("kind", out JsonElement kind) && kind.ValueKind == JsonValueKind.String ? kind.GetString() : null);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

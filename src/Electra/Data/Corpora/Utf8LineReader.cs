using System.Text;
using System.Text.Unicode;

namespace Electra.Data;

/// <summary>Reads the lines of a UTF-8 file one by one, without the line end (LF or CR LF) and without a byte order mark.</summary>
internal sealed class Utf8LineReader(Stream stream, string path, int maximumLineBytes)
{
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _ended;
    private int _lineStart;
    private int _lineLength;

    /// <summary>The number of the current line, counted from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>What is wrong with the current line, or null. Its bytes are only to be used when nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>The first byte of the current line if that is too long to keep; else 0.</summary>
    public byte FirstOfTooLong { get; private set; }

    /// <summary>The bytes of the current line; valid UTF-8 when <see cref="Fault"/> is null.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(_lineStart, _lineLength);

    /// <summary>The current line as a string.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>Moves to the next line; false at the end of the file.</summary>
    /// <exception cref="InvalidDataException">The file is UTF-16 or its compressed data is damaged.</exception>
    public bool Read()
    {
        int scanned = 0;
        bool tooLong = false;
        while (true)
        {
            int found = _buffer.AsSpan(_start + scanned, _end - _start - scanned).IndexOf((byte)'\n');
            if (found >= 0)
            {
                SetLine(scanned + found, 1, tooLong);
                return true;
            }

            scanned = _end - _start;
            if (scanned > maximumLineBytes)
            {
                // Read on without keeping it, so that one endless line cannot fill the memory.
                if (!tooLong) FirstOfTooLong = _buffer[_start];
                (_start, scanned, tooLong) = (_end, 0, true);
            }

            if (_ended || !Fill())
            {
                _ended = true;
                if (scanned == 0 && !tooLong) return false;
                SetLine(scanned, 0, tooLong);
                return true;
            }
        }
    }

    private void SetLine(int length, int terminator, bool tooLong)
    {
        _lineStart = _start;
        _lineLength = length;
        _start += length + terminator;
        if (++LineNumber == 1) SkipByteOrderMark();
        if (_lineLength > 0 && _buffer[_lineStart + _lineLength - 1] == '\r') _lineLength--;
        if (!tooLong) FirstOfTooLong = _lineLength > maximumLineBytes ? _buffer[_lineStart] : (byte)0;
        Fault = tooLong || _lineLength > maximumLineBytes ? $"the line is longer than {maximumLineBytes:N0} bytes"
            : !Utf8.IsValid(Bytes.Span) ? "the line is not valid UTF-8"
            : null;
    }

    private void SkipByteOrderMark()
    {
        ReadOnlySpan<byte> line = Bytes.Span;
        if (line.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || line.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            throw new InvalidDataException($"{path}: the file is UTF-16; convert it to UTF-8.");
        if (!line.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) return;
        _lineStart += 3;
        _lineLength -= 3;
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, 2L * _buffer.Length));
        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }
}

using ICSharpCode.SharpZipLib.Checksum;
using ICSharpCode.SharpZipLib.Zip.Compression;

namespace Electra.Data;

/// <summary>
/// Reads a gzip file (RFC 1952): any number of members one after the other, each with any of the optional header parts, and zeros behind
/// the last. Every checksum and length is checked, so a file that was cut off or altered is an error and never a shorter text.
/// </summary>
internal sealed class GzipReader(Stream file, int bufferBytes) : ReadOnlyStream
{
    private const int HeaderChecksum = 1 << 1;
    private const int Extra = 1 << 2;
    private const int Name = 1 << 3;
    private const int Comment = 1 << 4;
    private const int Reserved = 0xE0;

    private readonly Inflater _inflater = new(noHeader: true);
    private readonly Crc32 _checksum = new();
    private readonly byte[] _buffer = new byte[bufferBytes];
    private int _start;
    private int _end;
    private bool _inMember;
    private bool _anyMember;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        while (count > 0)
        {
            if (!_inMember && !StartMember()) return 0;
            int read = _inflater.Inflate(buffer, offset, count);
            _checksum.Update(new ArraySegment<byte>(buffer, offset, read));
            if (_inflater.IsFinished) EndMember();
            else if (read == 0) GiveInput();
            if (read > 0) return read;
        }

        return 0;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Reads a header; false when the file ends in front of it, perhaps behind zeros.</summary>
    private bool StartMember()
    {
        bool padded = false;
        while (Available() && _buffer[_start] == 0 && _anyMember) (padded, _start) = (true, _start + 1);
        if (_anyMember && !Available()) return false;
        if (padded) throw new InvalidDataException("there is something behind the zeros that pad the file");

        _checksum.Reset();
        if (HeaderByte() != 0x1F || HeaderByte() != 0x8B)
            throw new InvalidDataException(_anyMember ? "there is something behind the last gzip member" : "it does not start as gzip does");
        if (HeaderByte() != 8) throw new InvalidDataException("the compression method is unknown");
        int flags = HeaderByte();
        if ((flags & Reserved) != 0) throw new InvalidDataException("the header has unknown flags");
        for (int i = 0; i < 6; i++) HeaderByte(); // time, level, system
        if ((flags & Extra) != 0)
        {
            int length = HeaderByte() | HeaderByte() << 8;
            for (int i = 0; i < length; i++) HeaderByte();
        }

        if ((flags & Name) != 0) while (HeaderByte() != 0) { }
        if ((flags & Comment) != 0) while (HeaderByte() != 0) { }
        long sum = _checksum.Value & 0xFFFF;
        if ((flags & HeaderChecksum) != 0 && Number(2) != sum) throw new InvalidDataException("the header does not match its checksum");

        _checksum.Reset();
        _inflater.Reset();
        return _anyMember = _inMember = true;
    }

    private void EndMember()
    {
        _start = _end - _inflater.RemainingInput;
        if (Number(4) != _checksum.Value) throw new InvalidDataException("the text does not match its checksum");
        if (Number(4) != (_inflater.TotalOut & uint.MaxValue)) throw new InvalidDataException("the text is not as long as it should be");
        _inMember = false;
    }

    /// <summary>Hands all that was read from the file to the inflater, which keeps no copy.</summary>
    private void GiveInput()
    {
        if (!_inflater.IsNeedingInput) throw new InvalidDataException("the compressed data makes no sense");
        if (!Available()) throw new EndOfStreamException("the file ends within the compressed data");
        _inflater.SetInput(_buffer, _start, _end - _start);
        _start = _end;
    }

    private byte HeaderByte()
    {
        byte value = NextByte();
        _checksum.Update(value);
        return value;
    }

    private long Number(int bytes)
    {
        long number = 0;
        for (int i = 0; i < bytes; i++) number |= (long)NextByte() << (8 * i);
        return number;
    }

    private byte NextByte() =>
        Available() ? _buffer[_start++] : throw new EndOfStreamException("the file ends within a header or checksum");

    private bool Available()
    {
        if (_start < _end) return true;
        (_start, _end) = (0, file.Read(_buffer, 0, _buffer.Length));
        return _end > 0;
    }
}

using System.Runtime.InteropServices;

namespace Electra.Checkpoints;

/// <summary>The bytes of an open file, read where they are wanted: nothing is held twice, and a file that shrinks meanwhile is an error, where a mapped one would end the process.</summary>
internal sealed unsafe class FileBytes : IDisposable
{
    private const int LargestRead = 1 << 30;

    private readonly FileStream _stream;

    /// <summary>Reads from a file, which then belongs to this.</summary>
    public FileBytes(FileStream stream) => _stream = stream;

    /// <summary>Copies bytes out of the file.</summary>
    /// <param name="offset">The first byte; not negative.</param>
    /// <param name="destination">Room for <paramref name="count"/> bytes.</param>
    /// <param name="count">How many; not negative.</param>
    /// <exception cref="InvalidDataException">The file ends before.</exception>
    public void Copy(long offset, byte* destination, long count)
    {
        ObjectDisposedException.ThrowIf(_stream.SafeFileHandle.IsClosed, this);
        for (long done = 0; done < count;)
        {
            int read = RandomAccess.Read(_stream.SafeFileHandle, new Span<byte>(destination + done, (int)Math.Min(LargestRead, count - done)), offset + done);
            if (read == 0)
                throw new InvalidDataException($"'{_stream.Name}' ends at byte {offset + done}, where bytes up to {offset + count} were announced: it became shorter while it was read.");
            done += read;
        }
    }

    /// <summary>Copies bytes that must each be 0 or 1; where one isn't, what was copied is put to 0.</summary>
    /// <returns>False where one isn't.</returns>
    /// <inheritdoc cref="Copy" />
    public bool CopyBooleans(long offset, byte* destination, long count)
    {
        Copy(offset, destination, count);
        if (TensorMemory.AreBooleans(destination, count)) return true;
        NativeMemory.Clear(destination, (nuint)count);
        return false;
    }

    public void Dispose() => _stream.Dispose();
}

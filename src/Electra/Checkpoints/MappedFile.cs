using System.IO.MemoryMappedFiles;

namespace Electra.Checkpoints;

/// <summary>A file in memory as the page cache has it: reading a part costs that part, and nothing is held twice.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private bool _disposed;

    private MappedFile(MemoryMappedFile file, MemoryMappedViewAccessor view, long length) => (_file, _view, Length) = (file, view, length);

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>Maps an open file, which must not be empty and then belongs to the map.</summary>
    public static MappedFile Of(FileStream stream)
    {
        long length = stream.Length;
        MemoryMappedFile file = MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        try
        {
            return new MappedFile(file, file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read), length);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Copies bytes out of the file.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="destination">Room for <paramref name="count"/> bytes.</param>
    /// <param name="count">How many; all within the file.</param>
    public void Copy(long offset, byte* destination, long count) =>
        Use(offset, count, source => Buffer.MemoryCopy(source, destination, count, count));

    /// <summary>True when every byte of the part is 0 or 1.</summary>
    public bool AreBooleans(long offset, long count)
    {
        bool all = false;
        Use(offset, count, source => all = TensorMemory.AreBooleans(source, count));
        return all;
    }

    public void Dispose()
    {
        _disposed = true;
        _view.Dispose();
        _file.Dispose();
    }

    private void Use(long offset, long count, Action use)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - count);
        var handle = _view.SafeMemoryMappedViewHandle;
        byte* start = null;
        try
        {
            handle.AcquirePointer(ref start);
            use(start + _view.PointerOffset + offset);
        }
        finally
        {
            if (start is not null) handle.ReleasePointer();
        }
    }

    private delegate void Action(byte* source);
}

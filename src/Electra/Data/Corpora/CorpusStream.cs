using ICSharpCode.SharpZipLib;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Electra.Data;

/// <summary>
/// A corpus file opened for reading, decompressed by its extension. Damage to the compressed data, a cut-off end included, becomes an
/// <see cref="InvalidDataException"/> that names the file.
/// </summary>
internal sealed class CorpusStream : ReadOnlyStream
{
    private const int BufferBytes = 1 << 16;
    private readonly string _path;
    private readonly Stream _inner;

    private CorpusStream(string path, Stream inner) => (_path, _inner) = (path, inner);

    /// <summary>Whether the file name says that its content is compressed.</summary>
    public static bool IsCompressed(string path) => HasExtension(path, ".gz") || HasExtension(path, ".zst");

    /// <summary>The file name without a compression's extension.</summary>
    public static string WithoutCompression(string path) => IsCompressed(path) ? Path.ChangeExtension(path, null) : path;

    /// <summary>Opens a file; <c>.gz</c> and <c>.zst</c> are decompressed on the way.</summary>
    public static CorpusStream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
        if (IsCompressed(path) && file.Length == 0)
        {
            file.Dispose();
            throw new InvalidDataException($"{path}: the compressed file is empty. Fetch or compress the file again.");
        }

        if (HasExtension(path, ".gz")) return new CorpusStream(path, new GzipReader(file, BufferBytes));
        if (!HasExtension(path, ".zst")) return new CorpusStream(path, file);
        var zstd = new DecompressionStream(file, BufferBytes, leaveOpen: false);
        // Large public corpora are compressed with windows beyond the default limit (zstd --long=31).
        zstd.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, 31);
        return new CorpusStream(path, zstd);
    }

    /// <summary>
    /// Opens a file of a form that is read from its end, as Parquet is: a compressed one is unpacked to a temporary file, which is gone with the stream.
    /// </summary>
    public static FileStream OpenSeekable(string path)
    {
        if (!IsCompressed(path)) return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        string temporary = Path.Combine(Path.GetTempPath(), $"electra-{Guid.NewGuid():N}.parquet");
        var unpacked = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        try
        {
            using var packed = Open(path);
            packed.CopyTo(unpacked);
            unpacked.Position = 0;
            return unpacked;
        }
        catch
        {
            unpacked.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        try
        {
            return _inner.Read(buffer, offset, count);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw new InvalidDataException(
                $"{_path}: the compressed data is damaged or cut off ({exception.Message}). Fetch or compress the file again.", exception);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _inner.Dispose();
        base.Dispose(disposing);
    }

    private static bool IsDamage(Exception exception) =>
        exception is SharpZipBaseException or ZstdException or EndOfStreamException or InvalidDataException;

    private static bool HasExtension(string path, string extension) => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}

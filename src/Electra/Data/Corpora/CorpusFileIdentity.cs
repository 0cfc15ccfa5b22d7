using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Electra.Data;

/// <summary>What a file of a corpus is known by.</summary>
/// <param name="Name">Its path when it was looked at; only for people to read.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Hash">
/// SHA-256 over the form that its extension names, its length and its content, of which eight spread blocks of 64 KB stand for more.
/// </param>
public sealed record CorpusFileIdentity(string Name, long Bytes, string Hash)
{
    private const int BlockBytes = 1 << 16;
    private const int Blocks = 8;

    /// <summary>Looks at a file.</summary>
    internal static CorpusFileIdentity Of(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        long length = RandomAccess.GetLength(file);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(CorpusFiles.FormOf(path)));
        var buffer = new byte[BlockBytes];
        BinaryPrimitives.WriteInt64LittleEndian(buffer, length);
        hash.AppendData(buffer.AsSpan(0, sizeof(long)));
        for (int block = 0; block < Blocks; block++)
        {
            // The first and the last bytes of a large file are among the blocks; those of a small one follow each other.
            long start = Math.Max((long)block * BlockBytes, (length - BlockBytes) / (Blocks - 1) * block);
            if (block == Blocks - 1) start = Math.Max((long)block * BlockBytes, length - BlockBytes);
            int filled = 0;
            while (RandomAccess.Read(file, buffer.AsSpan(filled), start + filled) is > 0 and int read) filled += read;
            hash.AppendData(buffer.AsSpan(0, filled));
        }

        return new CorpusFileIdentity(path, length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}

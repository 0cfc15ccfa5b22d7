using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Electra.Data;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Search.Passages;

namespace Electra.Samples.Search.Index;

/// <summary>
/// Passages and their vectors in a file: the format's name and version, what they were made of, the passages, the vectors, and a hash over it all. All numbers
/// are little-endian.
/// </summary>
internal static class IndexFile
{
    private const int Version = 1, BufferBytes = 1 << 20, SliceNumbers = 1 << 24; // a span has 2^31 bytes at most
    private static readonly byte[] Magic = "electra search"u8.ToArray();

    /// <summary>Writes a file, which is whole or not there.</summary>
    /// <param name="path">Where; an older one is replaced.</param>
    /// <param name="identity">What the passages and vectors were made of.</param>
    /// <param name="passages">The passages.</param>
    /// <param name="vectors">One a passage.</param>
    public static void Write(string path, CorpusIdentity identity, IReadOnlyList<Passage> passages, VectorIndex vectors)
    {
        string part = path + ".part";
        try
        {
            using (var file = new FileStream(part, FileMode.Create, FileAccess.ReadWrite))
            {
                using (var writer = new BinaryWriter(file, Encoding.UTF8, leaveOpen: true))
                {
                    writer.Write(Magic);
                    writer.Write(Version);
                    writer.Write(JsonSerializer.Serialize(identity));
                    writer.Write(passages.Count);
                    writer.Write(vectors.Dimensions);
                    foreach (Passage passage in passages)
                    {
                        writer.Write(passage.Source);
                        writer.Write(passage.Title);
                        writer.Write(passage.Text);
                    }

                    for (int from = 0; from < vectors.Numbers.Length; from += SliceNumbers)
                        writer.Write(MemoryMarshal.AsBytes(vectors.Numbers.Slice(from, Math.Min(SliceNumbers, vectors.Numbers.Length - from))));
                }

                file.Write(Hash(file, file.Length));
                file.Flush(flushToDisk: true);
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    /// <summary>Reads a file that fits.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="expected">What the passages and vectors should be made of.</param>
    /// <exception cref="UsageException">It is no such file, of another version, damaged, or made of something else; says what to do.</exception>
    public static (IReadOnlyList<Passage> Passages, VectorIndex Vectors) Read(string path, CorpusIdentity expected)
    {
        using FileStream file = File.OpenRead(path);
        using var reader = new BinaryReader(file, Encoding.UTF8);
        if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic)) throw Refusal(path, "is no index of this program");
        long end = file.Length - SHA256.HashSizeInBytes, start = file.Position;
        if (end < start + sizeof(int)) throw Refusal(path, "is damaged");
        int version = reader.ReadInt32();
        if (version != Version) throw Refusal(path, $"has version {version} of the format, where this program knows {Version}");
        byte[] hash = Hash(file, end);
        if (!hash.AsSpan().SequenceEqual(reader.ReadBytes(hash.Length))) throw Refusal(path, "is damaged");
        file.Position = start + sizeof(int);
        CorpusIdentity identity = JsonSerializer.Deserialize<CorpusIdentity>(reader.ReadString())!;
        if (expected.DifferencesFrom(identity) is { Count: > 0 } differences)
            throw Refusal(path, $"belongs to something else: {string.Join("; ", differences)}");
        int count = reader.ReadInt32(), dimensions = reader.ReadInt32();
        var passages = new Passage[count];
        for (int i = 0; i < count; i++) passages[i] = new Passage(reader.ReadString(), reader.ReadString(), reader.ReadString());
        var numbers = new float[checked(count * dimensions)];
        for (int from = 0; from < numbers.Length; from += SliceNumbers)
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(numbers.AsSpan(from, Math.Min(SliceNumbers, numbers.Length - from))));
        return (passages, new VectorIndex(dimensions, numbers));
    }

    // Over so many bytes from the beginning; the file stands behind them afterwards.
    private static byte[] Hash(FileStream file, long bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        file.Position = 0;
        for (long left = bytes; left > 0;)
        {
            int read = file.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0) throw new EndOfStreamException($"'{file.Name}' became shorter while it was read.");
            hash.AppendData(buffer, 0, read);
            left -= read;
        }

        file.Position = bytes;
        return hash.GetHashAndReset();
    }

    private static UsageException Refusal(string path, string what) => new($"--index '{path}' {what}. Delete it to index anew, or name another file.");
}

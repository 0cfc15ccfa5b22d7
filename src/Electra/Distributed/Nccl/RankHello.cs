using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Electra.Distributed;

/// <summary>What a rank says first to rank 0: a word that only this library says, and then of itself.</summary>
/// <param name="Size">How many ranks it knows of.</param>
/// <param name="Rank">Which of them it is.</param>
/// <param name="Run">What its launcher calls the run.</param>
internal readonly record struct RankHello(int Size, int Rank, string Run)
{
    private const int LongestText = 1024;

    private static readonly byte[] Magic = "ELECTRA\u0001"u8.ToArray();

    /// <summary>As it travels.</summary>
    public byte[] ToArray() => [.. Magic, .. Bytes(Size), .. Bytes(Rank), .. Bytes(Run)];

    /// <summary>Reads one; null where somebody says something else.</summary>
    /// <param name="stream">What comes from there.</param>
    /// <param name="over">Ends waiting for it.</param>
    public static async Task<RankHello?> ReadAsync(NetworkStream stream, CancellationToken over)
    {
        byte[] magic = new byte[Magic.Length];
        await stream.ReadExactlyAsync(magic, over).ConfigureAwait(false);
        if (!magic.AsSpan().SequenceEqual(Magic)) return null;
        int size = await ReadNumberAsync(stream, over).ConfigureAwait(false), rank = await ReadNumberAsync(stream, over).ConfigureAwait(false);
        return new RankHello(size, rank, await ReadTextAsync(stream, over).ConfigureAwait(false));
    }

    /// <summary>A text as it travels: its length in bytes before it.</summary>
    public static byte[] Bytes(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return [.. Bytes(bytes.Length), .. bytes];
    }

    /// <summary>Reads such a text.</summary>
    /// <exception cref="IOException">It is too long to be one.</exception>
    public static async Task<string> ReadTextAsync(NetworkStream stream, CancellationToken over)
    {
        int length = await ReadNumberAsync(stream, over).ConfigureAwait(false);
        if (length is < 0 or > LongestText) throw new IOException("something else answers there");
        byte[] text = new byte[length];
        await stream.ReadExactlyAsync(text, over).ConfigureAwait(false);
        return Encoding.UTF8.GetString(text);
    }

    private static byte[] Bytes(int number)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }

    private static async Task<int> ReadNumberAsync(NetworkStream stream, CancellationToken over)
    {
        byte[] bytes = new byte[sizeof(int)];
        await stream.ReadExactlyAsync(bytes, over).ConfigureAwait(false);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }
}

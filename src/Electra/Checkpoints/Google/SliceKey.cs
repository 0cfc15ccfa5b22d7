using System.Buffers.Binary;
using System.Text;

namespace Electra.Checkpoints;

/// <summary>The key under which a part of a partitioned variable stands: bytes that sort as name, rank, starts and lengths do.</summary>
internal static class SliceKey
{
    /// <summary>What every such key begins with, and no variable's name does.</summary>
    public const char Mark = '\0';

    /// <summary>Writes a key, with a character for each byte.</summary>
    /// <param name="name">The variable's key.</param>
    /// <param name="slice">Start and length in each dimension; a length of -1 is all of it.</param>
    public static string Of(string name, ReadOnlySpan<(long Start, long Length)> slice)
    {
        var key = new StringBuilder().Append(Mark);
        foreach (char value in name)
        {
            key.Append(value);
            if (value == '\0') key.Append('\u00ff');
            if (value == '\u00ff') key.Append('\0');
        }

        key.Append("\0\u0001");
        AppendCount(key, slice.Length);
        foreach ((long start, long length) in slice)
        {
            AppendSigned(key, start);
            AppendSigned(key, length);
        }

        return key.ToString();
    }

    // The number of bytes, then the bytes, the highest first.
    private static void AppendCount(StringBuilder key, int count)
    {
        if (count == 0) key.Append('\0');
        else key.Append('\u0001').Append((char)count); // ranks are below 256
    }

    // As many ones as there are bytes, a zero, and the number in what is left; a negative number is the complement of all that.
    private static void AppendSigned(StringBuilder key, long value)
    {
        ulong magnitude = (ulong)(value < 0 ? ~value : value);
        int length = 1;
        while (length < 10 && magnitude >> ((7 * length) - 1) != 0) length++;
        Span<byte> bytes = stackalloc byte[10];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bytes[2..], magnitude);
        Span<byte> used = bytes[^length..];
        used[0] |= (byte)(length >= 8 ? 0xff : 0xff00 >> length);
        if (length > 8) used[1] |= (byte)(0xff00 >> (length - 8));
        foreach (byte one in used) key.Append((char)(value < 0 ? (byte)~one : one));
    }
}

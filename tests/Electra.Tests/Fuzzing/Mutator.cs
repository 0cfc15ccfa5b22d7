using System.Text;

namespace Electra.Tests.Fuzzing;

/// <summary>Alters a few places of a file: bytes, bits, parts that move, double or vanish, its end, and pieces that mean something in its format.</summary>
/// <param name="pieces">What means something; what is above ASCII stands for the byte of that number.</param>
internal sealed class Mutator(params string[] pieces)
{
    private const int LongestPart = 64;

    private readonly byte[][] _pieces = [.. pieces.Select(Encoding.Latin1.GetBytes)];

    /// <summary>An altered copy, never empty.</summary>
    /// <param name="whole">The good file, not empty.</param>
    /// <param name="random">Decides.</param>
    /// <param name="end">Alterations begin before this byte. <value>Default: the whole file's length</value></param>
    public byte[] Mutate(byte[] whole, Random random, int? end = null)
    {
        byte[] file = (byte[])whole.Clone();
        for (int changes = random.Next(1, 5); changes > 0; changes--) file = Change(file, random, Math.Min(end ?? file.Length, file.Length));
        return file;
    }

    private byte[] Change(byte[] file, Random random, int end)
    {
        int at = random.Next(end);
        int length = random.Next(1, Math.Min(LongestPart, file.Length - at) + 1);
        switch (random.Next(16))
        {
            case < 3:
                file[at] = (byte)random.Next(256);
                return file;
            case < 6:
                file[at] ^= (byte)(1 << random.Next(8));
                return file;
            case < 9: // a piece over what is there
                byte[] over = _pieces[random.Next(_pieces.Length)];
                over.AsSpan(0, Math.Min(over.Length, file.Length - at)).CopyTo(file.AsSpan(at));
                return file;
            case < 11: // a piece between
                return [.. file[..at], .. _pieces[random.Next(_pieces.Length)], .. file[at..]];
            case 11: // a part in another place
                Array.Copy(file, at, file, random.Next(file.Length - length + 1), length);
                return file;
            case 12: // a part twice
                return [.. file[..(at + length)], .. file[at..]];
            case 13: // a part less
                return length == file.Length ? file : [.. file[..at], .. file[(at + length)..]];
            case 14: // a large number
                file.AsSpan(at, Math.Min(length, random.Next(1, 9))).Fill(0xFF);
                return file;
            default: // cut off
                return file[..(at + 1)];
        }
    }
}

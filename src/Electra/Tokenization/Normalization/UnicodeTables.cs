using System.IO.Compression;

namespace Electra.Tokenization;

/// <summary>The tables of <see cref="UnicodeData"/>, unpacked.</summary>
internal static class UnicodeTables
{
    static UnicodeTables()
    {
        using var packed = new MemoryStream(Convert.FromBase64String(UnicodeData.Packed));
        using var inflated = new BufferedStream(new DeflateStream(packed, CompressionMode.Decompress));
        using var reader = new BinaryReader(inflated);
        Removed = ReadSet(reader);
        Punctuation = ReadSet(reader);
        NonSpacingMarks = ReadSet(reader);
        WordCharacters = ReadSet(reader);
        LowerCase = ReadList(reader, (codePoint, input) =>
        {
            int value = input.Read7BitEncodedInt();
            return (value & 1) == 0 ? codePoint + (value / 2) : codePoint - ((value + 1) / 2);
        });
        Decompositions = ReadList(reader, (_, input) =>
        {
            int[] parts = new int[input.Read7BitEncodedInt()];
            for (int i = 0; i < parts.Length; i++) parts[i] = input.Read7BitEncodedInt();
            return parts;
        });
        CombiningClasses = ReadList(reader, (_, input) => input.Read7BitEncodedInt());
    }

    public static CodePointSet Removed { get; }

    public static CodePointSet Punctuation { get; }

    public static CodePointSet NonSpacingMarks { get; }

    public static CodePointSet WordCharacters { get; }

    public static Dictionary<int, int> LowerCase { get; }

    public static Dictionary<int, int[]> Decompositions { get; }

    public static Dictionary<int, int> CombiningClasses { get; }

    private static CodePointSet ReadSet(BinaryReader reader)
    {
        int[] bounds = new int[2 * reader.Read7BitEncodedInt()];
        int last = 0;
        for (int i = 0; i < bounds.Length; i++) bounds[i] = last += reader.Read7BitEncodedInt();
        return new(bounds);
    }

    private static Dictionary<int, T> ReadList<T>(BinaryReader reader, Func<int, BinaryReader, T> readValue)
    {
        int codePoint = 0, count = reader.Read7BitEncodedInt();
        var entries = new Dictionary<int, T>(count);
        for (int remaining = count; remaining > 0; remaining--)
        {
            codePoint += reader.Read7BitEncodedInt();
            entries.Add(codePoint, readValue(codePoint, reader));
        }

        return entries;
    }
}

using System.Runtime.InteropServices;

namespace Electra.Tokenization;

/// <summary>
/// A bounded memory of spelled words: two places a hash, the newer word in front. Lock-free: readers and writers exchange references to
/// immutable words, so a race costs at most one spelling that is done again. At most about 25 MB of words.
/// </summary>
internal sealed class SpelledWordCache
{
    private const int PlaceBits = 17;

    private readonly SpelledWord?[] _places = new SpelledWord?[1 << PlaceBits];

    /// <summary>A number to find the word by; the same in every process.</summary>
    public static ulong Hash(ReadOnlySpan<char> word)
    {
        const ulong Factor = 0x9E3779B97F4A7C15;
        ulong hash = (ulong)word.Length;
        ReadOnlySpan<ulong> quads = MemoryMarshal.Cast<char, ulong>(word);
        foreach (ulong quad in quads) hash = (ulong.RotateLeft(hash, 23) ^ quad) * Factor;
        ulong rest = 0;
        foreach (char unit in word[(quads.Length * 4)..]) rest = (rest << 16) | unit;
        hash = (ulong.RotateLeft(hash, 23) ^ rest) * Factor;
        return hash ^ (hash >> 32);
    }

    /// <summary>The word, or null when it is not remembered.</summary>
    public SpelledWord? Find(ReadOnlySpan<char> word, ulong hash)
    {
        int place = PlaceOf(hash);
        if (Volatile.Read(ref _places[place]) is { } newer && word.SequenceEqual(newer.Word)) return newer;
        return Volatile.Read(ref _places[place + 1]) is { } older && word.SequenceEqual(older.Word) ? older : null;
    }

    /// <summary>Remembers a word in place of the older of two.</summary>
    public void Add(SpelledWord word, ulong hash)
    {
        int place = PlaceOf(hash);
        Volatile.Write(ref _places[place + 1], Volatile.Read(ref _places[place]));
        Volatile.Write(ref _places[place], word);
    }

    private static int PlaceOf(ulong hash) => (int)(hash >> (64 - PlaceBits)) & ~1;
}

using System.Runtime.InteropServices;

namespace Electra.Tokenization;

/// <summary>
/// A bounded memory of spelled words: two places a hash, the newer word in front. Lock-free: readers and writers exchange references to
/// immutable words, so a race costs at most one spelling that is done again. At most about 10 MB of words.
/// </summary>
internal sealed class SpelledWordCache
{
    private const int PlaceBits = 17;

    private readonly int[]?[] _places = new int[]?[1 << PlaceBits]; // see SpelledWord

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

    /// <summary>Whether the word is remembered.</summary>
    public bool TryFind(ReadOnlySpan<char> word, ulong hash, out SpelledWord known)
    {
        int place = PlaceOf(hash);
        return (SpelledWord.TryRead(ref _places[place], out known) && word.SequenceEqual(known.Word))
            || (SpelledWord.TryRead(ref _places[place + 1], out known) && word.SequenceEqual(known.Word));
    }

    /// <summary>Remembers a word in place of the older of two.</summary>
    public void Add(SpelledWord word, ulong hash)
    {
        int place = PlaceOf(hash);
        Volatile.Write(ref _places[place + 1], Volatile.Read(ref _places[place]));
        word.Publish(ref _places[place]);
    }

    private static int PlaceOf(ulong hash) => (int)(hash >> (64 - PlaceBits)) & ~1;
}

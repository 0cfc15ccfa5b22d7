using System.Numerics;

namespace Electra.Data;

/// <summary>
/// A random order of the numbers 0 to count - 1 that takes no memory: a six-round Feistel network over the next even number of bits,
/// walked until it lands inside the range. One order for each (seed, epoch); any place of it can be asked for alone.
/// </summary>
internal readonly struct ExamplePermutation
{
    private const int Rounds = 6;
    private readonly ulong _count;
    private readonly int _halfBits;
    private readonly Keys _keys;

    public ExamplePermutation(long count, long seed, long epoch)
    {
        _count = (ulong)count;
        int bits = count <= 1 ? 0 : BitOperations.Log2(_count - 1) + 1;
        _halfBits = Math.Max(1, (bits + 1) / 2);
        var random = new SeededRandom(seed, epoch, 1);
        for (int i = 0; i < Rounds; i++) _keys[i] = random.NextBits();
    }

    /// <summary>The number at a place of the order.</summary>
    public long this[long place]
    {
        get
        {
            ulong value = (ulong)place;
            do value = Scramble(value);
            while (value >= _count);
            return (long)value;
        }
    }

    private ulong Scramble(ulong value)
    {
        ulong mask = (1UL << _halfBits) - 1;
        (ulong left, ulong right) = (value >> _halfBits, value & mask);
        for (int i = 0; i < Rounds; i++) (left, right) = (right, left ^ (SeededRandom.Mix(right ^ _keys[i]) & mask));
        return (left << _halfBits) | right;
    }

    [System.Runtime.CompilerServices.InlineArray(Rounds)]
    private struct Keys
    {
        private ulong _first;
    }
}

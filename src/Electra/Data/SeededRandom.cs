using Electra.Native;

namespace Electra.Data;

/// <summary>A random stream, the same on every machine and .NET version.</summary>
internal struct SeededRandom
{
    private ulong _state;

    /// <summary>A stream for a seed and up to two numbers that tell streams of one seed apart.</summary>
    public SeededRandom(long seed, long first, long second = 0) =>
        _state = Mix(Mix(Mix((ulong)seed) ^ (ulong)first) ^ (ulong)second);

    /// <summary>The next 64 random bits.</summary>
    public ulong NextBits()
    {
        _state += SplitMix64.Step;
        return SplitMix64.Finish(_state);
    }

    /// <summary>A number in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number in [0, limit).</summary>
    public int Next(int limit) => (int)Math.BigMul(NextBits(), (ulong)limit, out _);

    /// <summary>Scatters the bits of a number one to one.</summary>
    public static ulong Mix(ulong value) => SplitMix64.Finish(value + SplitMix64.Step);
}

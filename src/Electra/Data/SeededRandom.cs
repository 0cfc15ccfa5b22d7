namespace Electra.Data;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): a tiny random stream that is the same on every machine and .NET version.</summary>
internal struct SeededRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _state;

    /// <summary>A stream for a seed and up to two numbers that tell streams of one seed apart.</summary>
    public SeededRandom(long seed, long first, long second = 0) =>
        _state = Mix(Mix(Mix((ulong)seed) ^ (ulong)first) ^ (ulong)second);

    /// <summary>The next 64 random bits.</summary>
    public ulong NextBits()
    {
        _state += Golden;
        return Finish(_state);
    }

    /// <summary>A number in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number in [0, limit).</summary>
    public int Next(int limit) => (int)Math.BigMul(NextBits(), (ulong)limit, out _);

    /// <summary>Scatters the bits of a number one to one.</summary>
    public static ulong Mix(ulong value) => Finish(value + Golden);

    private static ulong Finish(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}

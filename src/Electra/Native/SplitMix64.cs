using System.Runtime.CompilerServices;

namespace Electra.Native;

/// <summary>
/// The parts of SplitMix64 (Steele, Lea, Flood 2014), a tiny random stream that is the same on every machine and .NET version: each number is a state,
/// finished, and the next state is one <see cref="Step"/> further.
/// </summary>
internal static class SplitMix64
{
    /// <summary>From one state to the next: 2^64 divided by the golden ratio.</summary>
    public const ulong Step = 0x9E3779B97F4A7C15;

    /// <summary>Scatters the bits of a state one to one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Finish(ulong state)
    {
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
        return state ^ (state >> 31);
    }
}

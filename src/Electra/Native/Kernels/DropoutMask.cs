using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Electra.Native;

/// <summary>
/// Dropout decisions as a pure function of (seed, row, column): forward and backward compute the same mask instead of storing it, and
/// neither the thread count nor the order of work changes it. One 16-bit draw decides one element, so a probability is a multiple
/// of 1/65536; the scale of what is kept uses that exact probability.
/// </summary>
internal readonly struct DropoutMask
{
    private readonly ulong seed;
    private readonly Vector512<uint> threshold;
    private readonly Vector512<float> scale;

    /// <param name="seed">Of the mask.</param>
    /// <param name="probability">Of a zero, from 0 to below 1.</param>
    /// <param name="firstRow">Which row of the mask is row 0 here.</param>
    public DropoutMask(ulong seed, double probability, long firstRow = 0)
    {
        uint level = (uint)Math.Round(probability * 65536);
        this.seed = seed + (SplitMix64.Step * (ulong)firstRow);
        threshold = Vector512.Create(level);
        scale = Vector512.Create((float)(65536.0 / (65536.0 - level)));
        IsActive = level > 0;
    }

    /// <summary>False for probability 0: nothing is dropped and nothing scaled.</summary>
    public bool IsActive { get; }

    /// <summary>The two keys of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RowKey Row(long row)
    {
        ulong z = SplitMix64.Finish(seed + (SplitMix64.Step * (ulong)(row + 1)));
        return new RowKey(Vector512.Create((uint)z), Vector512.Create((uint)(z >> 32)));
    }

    /// <summary>Whether the columns from <paramref name="column"/> on (a multiple of 16) need another <see cref="Draw"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool NeedsDraws(long column) => (column & 16) == 0;

    /// <summary>
    /// 32 random bits a lane for the two blocks of 16 columns around <paramref name="column"/>: the lower halves serve the even block, the
    /// upper ones the odd one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Draw(in RowKey key, long column)
    {
        Vector512<uint> x = Vector512<uint>.Indices + Vector512.Create((uint)((column >> 5) << 4));
        x += key.First;
        x = (x ^ Vector512.ShiftRightLogical(x, 16)) * Vector512.Create(0x7feb352du);
        x = (x ^ Vector512.ShiftRightLogical(x, 15)) + key.Second;
        x *= Vector512.Create(0x846ca68bu);
        x ^= Vector512.ShiftRightLogical(x, 16);
        x *= Vector512.Create(0x9E3779B1u);
        return x ^ Vector512.ShiftRightLogical(x, 15);
    }

    /// <summary>What sixteen values from <paramref name="column"/> on are multiplied by: 0, or the scale of what is kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Factors(Vector512<uint> draws, long column)
    {
        Vector512<uint> draw = NeedsDraws(column) ? draws & Vector512.Create(0xffffu) : Vector512.ShiftRightLogical(draws, 16);
        return Vector512.GreaterThanOrEqual(draw, threshold).AsSingle() & scale;
    }

    /// <summary>Sixteen kept-and-scaled or zeroed values for the columns from <paramref name="column"/> on (a multiple of 16).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Apply(Vector512<float> values, in RowKey key, long column) => values * Factors(Draw(key, column), column);

    /// <summary>Random keys of one row.</summary>
    internal readonly record struct RowKey(Vector512<uint> First, Vector512<uint> Second);
}

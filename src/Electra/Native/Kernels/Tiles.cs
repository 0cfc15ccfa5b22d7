using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Electra.Native.Kernels;

/// <summary>
/// Splits rows into a number of tiles that depends on the row count alone, so that per-tile sums, added in tile order, give the same
/// bits whatever the number of threads.
/// </summary>
internal static unsafe class Tiles
{
    private const int Most = 64;

    /// <summary>How many tiles <paramref name="rows"/> make.</summary>
    public static int Count(long rows) => (int)Math.Min(Most, Math.Max(1, rows));

    /// <summary>The rows [begin, end) of tile <paramref name="index"/>.</summary>
    public static (long Begin, long End) Range(long rows, long index)
    {
        int count = Count(rows);
        return (rows * index / count, rows * (index + 1) / count);
    }

    /// <summary>Runs <paramref name="body"/>(arguments, tile) for every tile on libtorch's threads.</summary>
    public static void Run(long rows, void* arguments, delegate*<void*, long, void> body)
    {
        Job job = new() { Arguments = arguments, Body = body };
        Aten.ParallelFor(Count(rows), &RunChunk, &job);
    }

    /// <summary>Sums <paramref name="count"/> rows of <paramref name="width"/> partial sums to <paramref name="total"/>, in row order.</summary>
    public static void Reduce(float* partial, int count, long stride, int width, float* total)
    {
        for (int c = 0; c < width; c += Simd.Lanes)
        {
            int n = width - c;
            Vector512<float> sum = Float32Element.Load(partial, c, n);
            for (int tile = 1; tile < count; tile++) sum += Float32Element.Load(partial, (tile * stride) + c, n);
            Float32Element.Store(sum, total, c, n);
        }
    }

    [UnmanagedCallersOnly]
    private static void RunChunk(long begin, long end, void* context)
    {
        Job* job = (Job*)context;
        for (long tile = begin; tile < end; tile++) job->Body(job->Arguments, tile);
    }

    private struct Job
    {
        public void* Arguments;
        public delegate*<void*, long, void> Body;
    }
}

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

    /// <summary>Zeroed, aligned room for <paramref name="vectors"/> partial sums of <paramref name="width"/> columns for each tile.</summary>
    public static float* AllocatePartials(long rows, int vectors, int width)
    {
        nuint bytes = (nuint)Count(rows) * (nuint)vectors * (nuint)width * sizeof(float);
        void* partials = NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(partials, bytes);
        return (float*)partials;
    }

    /// <summary>Sums every tile's partial sum number <paramref name="vector"/>, in tile order, to <paramref name="total"/>.</summary>
    public static void Reduce(float* partials, long rows, int vectors, int vector, int width, float* total)
    {
        int count = Count(rows);
        float* first = partials + (vector * width);
        for (int c = 0; c < width; c += Simd.Lanes)
        {
            Vector512<float> sum = Vector512.Load(first + c);
            for (int tile = 1; tile < count; tile++) sum += Vector512.Load(first + ((long)tile * vectors * width) + c);
            sum.Store(total + c);
        }
    }

    /// <summary>Frees what <see cref="AllocatePartials"/> gave.</summary>
    public static void FreePartials(float* partials) => NativeMemory.AlignedFree(partials);

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

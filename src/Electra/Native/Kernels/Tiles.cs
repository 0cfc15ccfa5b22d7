using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Electra.Native;

/// <summary>
/// Splits rows into a number of tiles that depends on the row count alone, so that per-tile sums, added in tile order, give the same
/// bits whatever the number of threads.
/// </summary>
internal static unsafe class Tiles
{
    private const int Most = 64;
    private const int ReducedTogether = 1024; // columns; a multiple of the lanes

    /// <summary>How many tiles <paramref name="rows"/> make.</summary>
    public static int Count(long rows) => (int)Math.Min(Most, Math.Max(1, rows));

    /// <summary>The rows [begin, end) of tile <paramref name="index"/>.</summary>
    public static (long Begin, long End) Range(long rows, long index)
    {
        int count = Count(rows);
        return (rows * index / count, rows * (index + 1) / count);
    }

    /// <summary>Runs <paramref name="body"/>(arguments, tile) for every tile on libtorch's threads.</summary>
    public static void Run(long rows, void* arguments, delegate*<void*, long, void> body) => RunEach(Count(rows), arguments, body);

    /// <summary>Runs <paramref name="body"/>(arguments, index) for every index below <paramref name="count"/> on libtorch's threads.</summary>
    public static void RunEach(long count, void* arguments, delegate*<void*, long, void> body)
    {
        Job job = new() { Arguments = arguments, Body = body, Count = count };
        Aten.ParallelFor(Math.Min(count, Aten.ThreadCount), &TakeTurns, &job);
    }

    /// <summary>Zeroed, aligned room for <paramref name="vectors"/> partial sums of <paramref name="width"/> columns for each tile.</summary>
    public static float* AllocatePartials(long rows, int vectors, int width)
    {
        nuint bytes = (nuint)Count(rows) * (nuint)vectors * (nuint)width * sizeof(float);
        void* partials = NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(partials, bytes);
        return (float*)partials;
    }

    /// <summary>Adds every tile's partial sum number <paramref name="vector"/>, in tile order, to <paramref name="total"/>.</summary>
    /// <param name="partials">What <see cref="AllocatePartials"/> gave.</param>
    /// <param name="rows">As there.</param>
    /// <param name="vectors">As there.</param>
    /// <param name="vector">Which one.</param>
    /// <param name="width">As there; a multiple of the lanes.</param>
    /// <param name="total">Receives the first <paramref name="columns"/> sums; null when nobody wants them.</param>
    /// <param name="columns">How many are wanted.</param>
    public static void Reduce(float* partials, long rows, int vectors, int vector, int width, float* total, int columns)
    {
        if (total == null) return;
        Reduction reduction = new()
        {
            Partials = partials + ((long)vector * width),
            Count = Count(rows),
            Stride = (long)vectors * width,
            Total = total,
            Columns = columns,
        };
        Aten.ParallelFor((columns + ReducedTogether - 1) / ReducedTogether, &ReduceChunk, &reduction);
    }

    /// <summary>Frees what <see cref="AllocatePartials"/> gave.</summary>
    public static void FreePartials(float* partials) => NativeMemory.AlignedFree(partials);

    // Whoever is done takes the next: a thread that another program delays holds the others up for one tile at most.
    private static void TakeTurns(void* context, long begin, long end)
    {
        Job* job = (Job*)context;
        for (long index; (index = Interlocked.Increment(ref job->Taken) - 1) < job->Count;) job->Body(job->Arguments, index);
    }

    private static void ReduceChunk(void* context, long begin, long end)
    {
        Reduction* r = (Reduction*)context;
        int first = (int)begin * ReducedTogether, last = (int)Math.Min(end * ReducedTogether, r->Columns);
        int whole = first + ((last - first) / Simd.Lanes * Simd.Lanes);
        for (int c = first; c < whole; c += Simd.Lanes)
        {
            Vector512<float> sum = Vector512.Load(r->Partials + c);
            for (int tile = 1; tile < r->Count; tile++) sum += Vector512.Load(r->Partials + (tile * r->Stride) + c);
            (Vector512.Load(r->Total + c) + sum).Store(r->Total + c);
        }

        for (int c = whole; c < last; c++)
        {
            float sum = r->Partials[c];
            for (int tile = 1; tile < r->Count; tile++) sum += r->Partials[(tile * r->Stride) + c];
            r->Total[c] += sum;
        }
    }

    private struct Reduction
    {
        public float* Partials;
        public int Count;
        public long Stride;
        public float* Total;
        public int Columns;
    }

    private struct Job
    {
        public void* Arguments;
        public delegate*<void*, long, void> Body;
        public long Count;
        public long Taken;
    }
}

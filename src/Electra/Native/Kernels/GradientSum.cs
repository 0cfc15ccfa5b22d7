using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Electra.Native;

/// <summary><c>sum += scale x addend</c> over float32 sums and addends of a storage type, in one pass over both.</summary>
internal static unsafe class GradientSum
{
    private const int Chunk = 1024; // elements; a multiple of the lanes

    /// <summary>Adds.</summary>
    /// <param name="addend">Elements of the storage type.</param>
    /// <param name="sum">float32, as many.</param>
    /// <param name="count">How many.</param>
    /// <param name="scale">One number that every addend is multiplied by.</param>
    public static void Add<T>(void* addend, float* sum, long count, float scale = 1)
        where T : struct, IElement
    {
        Arguments arguments = new() { Addend = addend, Sum = sum, Count = count, Scale = scale };
        Tiles.Run((count + Chunk - 1) / Chunk, &arguments, &AddTile<T>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a first step at full speed beats profile-guided inlining
    private static void AddTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        (long first, long last) = Tiles.Range((a->Count + Chunk - 1) / Chunk, tile);
        long begin = first * Chunk, end = Math.Min(a->Count, last * Chunk), whole = begin + ((end - begin) / Simd.Lanes * Simd.Lanes);
        void* addend = a->Addend;
        float* sum = a->Sum;
        Vector512<float> scale = Vector512.Create(a->Scale);
        for (long i = begin; i < whole; i += Simd.Lanes)
            Vector512.FusedMultiplyAdd(T.Load(addend, i), scale, Vector512.Load(sum + i)).Store(sum + i);
        for (long i = whole; i < end; i++) sum[i] = MathF.FusedMultiplyAdd(T.Read(addend, i), a->Scale, sum[i]);
    }

    private struct Arguments
    {
        public void* Addend;
        public float* Sum;
        public long Count;
        public float Scale;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Electra.Native;

/// <summary><c>y = x x mask</c> over (rows, width); the backward pass is the same on the gradient.</summary>
internal static unsafe class ElementwiseDropout
{
    /// <summary>Arguments; input and output may be the same.</summary>
    public struct Arguments
    {
        public long Rows;
        public int Width;
        public DropoutMask Mask;
        public void* Input;
        public void* Output;
    }

    /// <summary>Runs it.</summary>
    public static void Run<T>(ref Arguments arguments)
        where T : struct, IElement
    {
        fixed (Arguments* a = &arguments) Tiles.Run(a->Rows, a, &RunTile<T>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a first step at full speed beats profile-guided inlining
    private static void RunTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        int width = a->Width, whole = width / Simd.Lanes * Simd.Lanes;
        float* tail = stackalloc float[Simd.Lanes];
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long row = begin; row < end; row++)
        {
            long at = row * width;
            DropoutMask.RowKey key = a->Mask.Row(row);
            for (int c = 0; c < whole; c += Simd.Lanes)
                T.Store(a->Mask.Apply(T.Load(a->Input, at + c), key, c), a->Output, at + c);

            if (whole == width) continue;
            for (int c = whole; c < width; c++) tail[c - whole] = T.Read(a->Input, at + c);
            a->Mask.Apply(Vector512.Load(tail), key, whole).Store(tail);
            for (int c = whole; c < width; c++) T.Write(tail[c - whole], a->Output, at + c);
        }
    }
}

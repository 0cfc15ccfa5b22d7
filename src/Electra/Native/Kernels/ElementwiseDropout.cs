namespace Electra.Native.Kernels;

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

    private static void RunTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long row = begin; row < end; row++)
        {
            long at = row * a->Width;
            DropoutMask.RowKey key = a->Mask.Row(row);
            for (int c = 0; c < a->Width; c += Simd.Lanes)
            {
                int n = a->Width - c;
                T.Store(a->Mask.Apply(T.Load(a->Input, at + c, n), key, c), a->Output, at + c, n);
            }
        }
    }
}

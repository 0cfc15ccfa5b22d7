using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Electra.Native.Kernels;

/// <summary><c>y = gelu(x + bias)</c> with the erf form, over (rows, width) matrices.</summary>
internal static unsafe class BiasGelu
{
    /// <summary>Arguments of both passes; bias float32 (width).</summary>
    public struct Arguments
    {
        public long Rows;
        public int Width;
        public void* Input;
        public float* Bias;
        public void* Output;     // forward: y. backward: the gradient of x + bias
        public void* GradOutput; // backward only; may equal Output
        public float* Partials;  // backward only: (tiles, width)
    }

    /// <summary>Runs the forward pass.</summary>
    public static void Forward<T>(ref Arguments arguments)
        where T : struct, IElement
    {
        fixed (Arguments* a = &arguments) Tiles.Run(a->Rows, a, &ForwardTile<T>);
    }

    /// <summary>Runs the backward pass and sums the bias gradient.</summary>
    public static void Backward<T>(ref Arguments arguments, float* gradBias)
        where T : struct, IElement
    {
        int tiles = Tiles.Count(arguments.Rows);
        float* partials = (float*)NativeMemory.AllocZeroed((nuint)(tiles * arguments.Width), sizeof(float));
        arguments.Partials = partials;
        fixed (Arguments* a = &arguments) Tiles.Run(a->Rows, a, &BackwardTile<T>);
        Tiles.Reduce(partials, tiles, arguments.Width, arguments.Width, gradBias);
        NativeMemory.Free(partials);
    }

    private static void ForwardTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long row = begin; row < end; row++)
        {
            long at = row * a->Width;
            for (int c = 0; c < a->Width; c += Simd.Lanes)
            {
                int n = a->Width - c;
                Vector512<float> x = T.Load(a->Input, at + c, n) + Float32Element.Load(a->Bias, c, n);
                T.Store(x * Simd.Normal(x).Distribution, a->Output, at + c, n);
            }
        }
    }

    private static void BackwardTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        float* biasSum = a->Partials + (tile * a->Width);
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long row = begin; row < end; row++)
        {
            long at = row * a->Width;
            for (int c = 0; c < a->Width; c += Simd.Lanes)
            {
                int n = a->Width - c;
                Vector512<float> x = T.Load(a->Input, at + c, n) + Float32Element.Load(a->Bias, c, n);
                (Vector512<float> distribution, Vector512<float> density) = Simd.Normal(x);
                Vector512<float> slope = Vector512.FusedMultiplyAdd(x, density, distribution);
                Vector512<float> d = T.Load(a->GradOutput, at + c, n) * slope;
                T.Store(d, a->Output, at + c, n);
                Float32Element.Store(Float32Element.Load(biasSum, c, n) + d, biasSum, c, n);
            }
        }
    }
}

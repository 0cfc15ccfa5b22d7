using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Electra.Native;

/// <summary><c>y = gelu(x + bias)</c> with the erf form, over (rows, width) matrices.</summary>
internal static unsafe class BiasGelu
{
    /// <summary>Arguments of both passes; bias float32 (width).</summary>
    public struct Arguments
    {
        public long Rows;
        public int Width;
        public void* Input;
        public int InputStride;  // forward: columns of a row of the input, of which Width are read
        public float* Bias;
        public void* Output;     // forward: y. backward: the gradient of x + bias
        public void* GradOutput; // backward only; may equal Output
        public void* Activated;  // backward only: y again, so that it needn't be kept
        public float* Partials;  // backward only: (tiles, width)
    }

    /// <summary>Runs the forward pass.</summary>
    public static void Forward<T>(ref Arguments arguments)
        where T : struct, IElement
    {
        fixed (Arguments* a = &arguments) Tiles.Run(a->Rows, a, &ForwardTile<T>);
    }

    /// <summary>Runs the backward pass and adds to the bias gradient.</summary>
    public static void Backward<T>(ref Arguments arguments, float* gradBias)
        where T : struct, IElement
    {
        float* partials = Tiles.AllocatePartials(arguments.Rows, 1, arguments.Width);
        arguments.Partials = partials;
        fixed (Arguments* a = &arguments) Tiles.Run(a->Rows, a, &BackwardTile<T>);
        Tiles.Reduce(partials, arguments.Rows, 1, 0, arguments.Width, gradBias, arguments.Width);
        Tiles.FreePartials(partials);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a first step at full speed beats profile-guided inlining
    private static void ForwardTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        void* input = a->Input, output = a->Output;
        float* bias = a->Bias;
        int width = a->Width;
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long row = begin; row < end; row++)
        {
            long from = row * a->InputStride, to = row * width;
            for (int c = 0; c < width; c += Simd.Lanes)
            {
                Vector512<float> x = T.Load(input, from + c) + Float32Element.Load(bias, c);
                T.Store(x * T.NormalCdf(x), output, to + c);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a first step at full speed beats profile-guided inlining
    private static void BackwardTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        void* input = a->Input, gradOutput = a->GradOutput, output = a->Output, activated = a->Activated;
        float* bias = a->Bias, biasSum = a->Partials + (tile * a->Width);
        int width = a->Width;
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long row = begin; row < end; row++)
        {
            long at = row * width;
            for (int c = 0; c < width; c += Simd.Lanes)
            {
                Vector512<float> x = T.Load(input, at + c) + Float32Element.Load(bias, c);
                (Vector512<float> cdf, Vector512<float> slope) = T.NormalCdfAndGeluSlope(x);
                T.Store(x * cdf, activated, at + c);
                Vector512<float> d = T.Load(gradOutput, at + c) * slope;
                T.Store(d, output, at + c);
                (Vector512.Load(biasSum + c) + d).Store(biasSum + c);
            }
        }
    }
}

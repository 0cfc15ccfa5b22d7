using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Electra.Native;

/// <summary><c>y = weights · gelu(x + bias) + outputBias</c> with the erf form: one number for each row of (rows, width).</summary>
internal static unsafe class GeluProjection
{
    /// <summary>Arguments of both passes; vectors and results are float32.</summary>
    public struct Arguments
    {
        public long Rows;
        public int Width;
        public void* Input;
        public float* Bias;       // (width)
        public float* Weights;    // (width)
        public float OutputBias;
        public float* Output;     // (rows); backward: its gradient
        public void* GradInput;   // backward: (rows, width), out
        public float* Partials;   // backward: (tiles, 2, width): bias, weights
    }

    /// <summary>Runs the forward pass.</summary>
    public static void Forward<T>(ref Arguments arguments)
        where T : struct, IElement
    {
        fixed (Arguments* a = &arguments) Tiles.Run(a->Rows, a, &ForwardTile<T>);
    }

    /// <summary>Runs the backward pass and adds to the gradients of bias and weights, each (width).</summary>
    public static void Backward<T>(ref Arguments arguments, float* gradBias, float* gradWeights)
        where T : struct, IElement
    {
        (long rows, int width) = (arguments.Rows, arguments.Width);
        float* partials = Tiles.AllocatePartials(rows, 2, width);
        arguments.Partials = partials;
        fixed (Arguments* a = &arguments) Tiles.Run(a->Rows, a, &BackwardTile<T>);
        Tiles.Reduce(partials, rows, 2, 0, width, gradBias, width);
        Tiles.Reduce(partials, rows, 2, 1, width, gradWeights, width);
        Tiles.FreePartials(partials);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a first step at full speed beats profile-guided inlining
    private static void ForwardTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        int width = a->Width;
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long row = begin; row < end; row++)
        {
            Vector512<float> sum = default;
            for (int c = 0; c < width; c += Simd.Lanes)
            {
                Vector512<float> x = T.Load(a->Input, (row * width) + c) + Vector512.Load(a->Bias + c);
                sum = Vector512.FusedMultiplyAdd(x * T.NormalCdf(x), Vector512.Load(a->Weights + c), sum);
            }

            a->Output[row] = Simd.Sum(sum) + a->OutputBias;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        int width = a->Width;
        float* biasSum = a->Partials + (tile * 2 * width), weightSum = biasSum + width;
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long row = begin; row < end; row++)
        {
            Vector512<float> gradient = Vector512.Create(a->Output[row]);
            for (int c = 0; c < width; c += Simd.Lanes)
            {
                Vector512<float> x = T.Load(a->Input, (row * width) + c) + Vector512.Load(a->Bias + c);
                (Vector512<float> cdf, Vector512<float> slope) = T.NormalCdfAndGeluSlope(x);
                Vector512<float> d = gradient * Vector512.Load(a->Weights + c) * slope;
                T.Store(d, a->GradInput, (row * width) + c);
                (Vector512.Load(biasSum + c) + d).Store(biasSum + c);
                Vector512.FusedMultiplyAdd(gradient, x * cdf, Vector512.Load(weightSum + c)).Store(weightSum + c);
            }
        }
    }
}

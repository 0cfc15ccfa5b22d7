using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Electra.Native;

/// <summary>
/// <c>y = LayerNorm(residual + dropout(branch + branchBias))</c> over rows of a multiple of 16 columns, forward and
/// backward in one pass each over the memory.
/// </summary>
internal static unsafe class ResidualLayerNorm
{
    /// <summary>Arguments of the forward pass; matrices are (rows, width) in the storage type, vectors float32.</summary>
    public struct ForwardArguments
    {
        public long Rows;
        public int Width;
        public float Epsilon;
        public void* Residual;
        public void* Branch;
        public float* BranchBias;
        public float* Weight;
        public float* Bias;
        public DropoutMask Mask; // applied to branch + branchBias
        public void* Sum;        // out: what was normalised
        public void* Output;     // out
        public float* Mean;      // out, (rows)
        public float* InverseStd; // out, (rows)
    }

    /// <summary>Arguments of the backward pass.</summary>
    public struct BackwardArguments
    {
        public long Rows;
        public int Width;
        public void* Sum;
        public float* Mean;
        public float* InverseStd;
        public float* Weight;
        public void* GradOutput;
        public void* GradOutput2;  // null, or a second gradient that is added to the first
        public DropoutMask Mask;
        public void* GradResidual; // out: gradient of the sum
        public void* GradBranch;   // out: through the dropout; may equal GradResidual when the mask is inactive
        public float* Partials;    // (tiles, 3, width): weight, bias, branch bias
    }

    /// <summary>Runs the forward pass.</summary>
    public static void Forward<T>(ref ForwardArguments arguments)
        where T : struct, IElement
    {
        fixed (ForwardArguments* a = &arguments) Tiles.Run(a->Rows, a, &ForwardTile<T>);
    }

    /// <summary>Runs the backward pass and adds to the parameter gradients, each float32 (width).</summary>
    public static void Backward<T>(ref BackwardArguments arguments, float* gradWeight, float* gradBias, float* gradBranchBias)
        where T : struct, IElement
    {
        (long rows, int width) = (arguments.Rows, arguments.Width);
        float* partials = Tiles.AllocatePartials(rows, 3, width);
        arguments.Partials = partials;
        fixed (BackwardArguments* a = &arguments) Tiles.Run(a->Rows, a, &BackwardTile<T>);
        Tiles.Reduce(partials, rows, 3, 0, width, gradWeight, width);
        Tiles.Reduce(partials, rows, 3, 1, width, gradBias, width);
        Tiles.Reduce(partials, rows, 3, 2, width, gradBranchBias, width);
        Tiles.FreePartials(partials);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a first step at full speed beats profile-guided inlining
    private static void ForwardTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        ForwardArguments* a = (ForwardArguments*)arguments;
        int width = a->Width;
        float* sumBuffer = stackalloc float[width + (2 * Simd.Lanes)], sum = Simd.Align(sumBuffer);
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long row = begin; row < end; row++)
        {
            long at = row * width;
            DropoutMask.RowKey key = a->Mask.Row(row);
            Vector512<float> total = default;
            Vector512<uint> draws = default;
            for (int c = 0; c < width; c += Simd.Lanes)
            {
                Vector512<float> x = T.Load(a->Branch, at + c) + Float32Element.Load(a->BranchBias, c);
                if (a->Mask.IsActive)
                {
                    if (DropoutMask.NeedsDraws(c)) draws = DropoutMask.Draw(key, c);
                    x *= a->Mask.Factors(draws, c);
                }

                x += T.Load(a->Residual, at + c);
                T.Store(x, a->Sum, at + c);
                x.Store(sum + c);
                total += x;
            }

            float mean = Simd.Sum(total) / width;
            Vector512<float> center = Vector512.Create(mean), squares = default;
            for (int c = 0; c < width; c += Simd.Lanes)
            {
                Vector512<float> d = (Vector512.Load(sum + c) - center);
                squares = Vector512.FusedMultiplyAdd(d, d, squares);
            }

            float inverse = 1f / MathF.Sqrt((Simd.Sum(squares) / width) + a->Epsilon);
            Vector512<float> scale = Vector512.Create(inverse);
            for (int c = 0; c < width; c += Simd.Lanes)
            {
                Vector512<float> normal = (Vector512.Load(sum + c) - center) * scale;
                Vector512<float> weight = Float32Element.Load(a->Weight, c), bias = Float32Element.Load(a->Bias, c);
                T.Store(Vector512.FusedMultiplyAdd(normal, weight, bias), a->Output, at + c);
            }

            a->Mean[row] = mean;
            a->InverseStd[row] = inverse;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a first step at full speed beats profile-guided inlining
    private static void BackwardTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        BackwardArguments* a = (BackwardArguments*)arguments;
        int width = a->Width;
        float* gradNormalBuffer = stackalloc float[width + (2 * Simd.Lanes)], gradNormal = Simd.Align(gradNormalBuffer);
        float* normalBuffer = stackalloc float[width + (2 * Simd.Lanes)], normal = Simd.Align(normalBuffer);
        float* weightSum = a->Partials + (tile * 3 * width), biasSum = weightSum + width, branchBiasSum = biasSum + width;
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long row = begin; row < end; row++)
        {
            long at = row * width;
            Vector512<float> center = Vector512.Create(a->Mean[row]), scale = Vector512.Create(a->InverseStd[row]);
            Vector512<float> sum = default, product = default;
            for (int c = 0; c < width; c += Simd.Lanes)
            {
                Vector512<float> dy = T.Load(a->GradOutput, at + c);
                if (a->GradOutput2 != null) dy += T.Load(a->GradOutput2, at + c);
                Vector512<float> x = (T.Load(a->Sum, at + c) - center) * scale;
                Vector512<float> g = dy * Float32Element.Load(a->Weight, c);
                (Vector512.Load(weightSum + c) + (dy * x)).Store(weightSum + c);
                (Vector512.Load(biasSum + c) + dy).Store(biasSum + c);
                g.Store(gradNormal + c);
                x.Store(normal + c);
                sum += g;
                product = Vector512.FusedMultiplyAdd(g, x, product);
            }

            Vector512<float> meanGrad = Vector512.Create(Simd.Sum(sum) / width), meanProduct = Vector512.Create(Simd.Sum(product) / width);
            DropoutMask.RowKey key = a->Mask.Row(row);
            Vector512<uint> draws = default;
            for (int c = 0; c < width; c += Simd.Lanes)
            {
                Vector512<float> x = Vector512.Load(normal + c), g = Vector512.Load(gradNormal + c);
                Vector512<float> d = (g - meanGrad - (x * meanProduct)) * scale;
                T.Store(d, a->GradResidual, at + c);
                if (a->Mask.IsActive)
                {
                    if (DropoutMask.NeedsDraws(c)) draws = DropoutMask.Draw(key, c);
                    d *= a->Mask.Factors(draws, c);
                    T.Store(d, a->GradBranch, at + c);
                }

                (Vector512.Load(branchBiasSum + c) + d).Store(branchBiasSum + c);
            }
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Electra.Native;

/// <summary>
/// <c>y = dropout(LayerNorm(word + (type + position)))</c> over rows of looked-up embeddings, and its backward pass down to the tables.
/// Sums are made again rather than kept.
/// </summary>
internal static unsafe class EmbeddingLayerNorm
{
    /// <summary>Arguments of both passes; tables and vectors are float32, ids int64.</summary>
    public struct Arguments
    {
        public long Rows;
        public int Width;
        public float Epsilon;
        public long* WordIds;          // (rows)
        public long* TypeIds;          // (rows); null: all 0
        public long* PositionIds;      // (rows, or as many as repeat); null: 0, 1, ...
        public long PositionsRepeat;   // rows after which positions begin again
        public float* Words;           // (words, width)
        public float* Types;           // (types, width)
        public float* Positions;       // (positions, width)
        public float* Weight;
        public float* Bias;
        public DropoutMask Mask;
        public void* Output;           // (rows, width) in the storage type; backward: its gradient
        public float* Mean;            // (rows); forward: out
        public float* InverseStd;
        public float* GradSum;         // backward: (rows, width), out
        public float* Partials;        // backward: (tiles, 2, width): weight, bias
    }

    /// <summary>Where the backward pass adds gradients; float32, null where none is wanted.</summary>
    public struct Gradients
    {
        public float* Words;
        public float* Types;
        public float* Positions;
        public float* Weight;
        public float* Bias;
        public long PaddingId;         // gets no gradient; -1: none
    }

    /// <summary>Runs the forward pass.</summary>
    public static void Forward<T>(ref Arguments arguments)
        where T : struct, IElement
    {
        fixed (Arguments* a = &arguments) Tiles.Run(a->Rows, a, &ForwardTile<T>);
    }

    /// <summary>Runs the backward pass.</summary>
    public static void Backward<T>(ref Arguments arguments, Gradients gradients)
        where T : struct, IElement
    {
        (long rows, int width) = (arguments.Rows, arguments.Width);
        float* partials = Tiles.AllocatePartials(rows, 2, width);
        arguments.Partials = partials;
        fixed (Arguments* a = &arguments)
        {
            Tiles.Run(rows, a, &BackwardTile<T>);
            Tiles.Reduce(partials, rows, 2, 0, width, gradients.Weight, width);
            Tiles.Reduce(partials, rows, 2, 1, width, gradients.Bias, width);
            Tiles.FreePartials(partials);
            if (gradients.Words == null && gradients.Types == null && gradients.Positions == null) return;
            Scattering scattering = new() { Arguments = a, Gradients = gradients };
            Tiles.RunEach(width / Simd.Lanes, &scattering, &ScatterColumns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Position(Arguments* a, long row)
    {
        long place = row % a->PositionsRepeat;
        return a->PositionIds == null ? place : a->PositionIds[place];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a first step at full speed beats profile-guided inlining
    private static void ForwardTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        int width = a->Width;
        float* sumBuffer = stackalloc float[width + Simd.Lanes], sum = Simd.Align(sumBuffer);
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long row = begin; row < end; row++)
        {
            float* word = a->Words + (a->WordIds[row] * width), position = a->Positions + (Position(a, row) * width);
            float* type = a->Types + ((a->TypeIds == null ? 0 : a->TypeIds[row]) * width);
            Vector512<float> total = default;
            for (int c = 0; c < width; c += Simd.Lanes)
            {
                Vector512<float> x = Vector512.Load(word + c) + (Vector512.Load(type + c) + Vector512.Load(position + c));
                x.Store(sum + c);
                total += x;
            }

            float mean = Simd.Sum(total) / width;
            Vector512<float> center = Vector512.Create(mean), squares = default;
            for (int c = 0; c < width; c += Simd.Lanes)
            {
                Vector512<float> d = Vector512.Load(sum + c) - center;
                squares = Vector512.FusedMultiplyAdd(d, d, squares);
            }

            float inverse = 1f / MathF.Sqrt((Simd.Sum(squares) / width) + a->Epsilon);
            Vector512<float> scale = Vector512.Create(inverse);
            DropoutMask.RowKey key = a->Mask.Row(row);
            Vector512<uint> draws = default;
            for (int c = 0; c < width; c += Simd.Lanes)
            {
                Vector512<float> normal = (Vector512.Load(sum + c) - center) * scale;
                Vector512<float> y = Vector512.FusedMultiplyAdd(normal, Vector512.Load(a->Weight + c), Vector512.Load(a->Bias + c));
                if (a->Mask.IsActive)
                {
                    if (DropoutMask.NeedsDraws(c)) draws = DropoutMask.Draw(key, c);
                    y *= a->Mask.Factors(draws, c);
                }

                T.Store(y, a->Output, (row * width) + c);
            }

            a->Mean[row] = mean;
            a->InverseStd[row] = inverse;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        int width = a->Width;
        float* normalBuffer = stackalloc float[width + Simd.Lanes], normal = Simd.Align(normalBuffer);
        float* weightSum = a->Partials + (tile * 2 * width), biasSum = weightSum + width;
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long row = begin; row < end; row++)
        {
            float* word = a->Words + (a->WordIds[row] * width), position = a->Positions + (Position(a, row) * width);
            float* type = a->Types + ((a->TypeIds == null ? 0 : a->TypeIds[row]) * width), gradSum = a->GradSum + (row * width);
            Vector512<float> center = Vector512.Create(a->Mean[row]), scale = Vector512.Create(a->InverseStd[row]);
            Vector512<float> sum = default, product = default;
            DropoutMask.RowKey key = a->Mask.Row(row);
            Vector512<uint> draws = default;
            for (int c = 0; c < width; c += Simd.Lanes)
            {
                Vector512<float> dy = T.Load(a->Output, (row * width) + c);
                if (a->Mask.IsActive)
                {
                    if (DropoutMask.NeedsDraws(c)) draws = DropoutMask.Draw(key, c);
                    dy *= a->Mask.Factors(draws, c);
                }

                Vector512<float> x = Vector512.Load(word + c) + (Vector512.Load(type + c) + Vector512.Load(position + c));
                x = (x - center) * scale;
                Vector512<float> g = dy * Vector512.Load(a->Weight + c);
                (Vector512.Load(weightSum + c) + (dy * x)).Store(weightSum + c);
                (Vector512.Load(biasSum + c) + dy).Store(biasSum + c);
                g.Store(gradSum + c);
                x.Store(normal + c);
                sum += g;
                product = Vector512.FusedMultiplyAdd(g, x, product);
            }

            Vector512<float> meanGrad = Vector512.Create(Simd.Sum(sum) / width), meanProduct = Vector512.Create(Simd.Sum(product) / width);
            for (int c = 0; c < width; c += Simd.Lanes)
            {
                Vector512<float> g = Vector512.Load(gradSum + c), x = Vector512.Load(normal + c);
                ((g - meanGrad - (x * meanProduct)) * scale).Store(gradSum + c);
            }
        }
    }

    /// <summary>Adds sixteen columns of every row to the tables, in row order: no two threads meet, and the sums have one order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScatterColumns(void* scattering, long block)
    {
        Scattering* s = (Scattering*)scattering;
        Arguments* a = s->Arguments;
        Gradients g = s->Gradients;
        long width = a->Width, column = block * Simd.Lanes;
        for (long row = 0; row < a->Rows; row++)
        {
            Vector512<float> d = Vector512.Load(a->GradSum + (row * width) + column);
            if (g.Positions != null)
            {
                float* position = g.Positions + (Position(a, row) * width) + column;
                (Vector512.Load(position) + d).Store(position);
            }

            if (g.Types != null)
            {
                float* type = g.Types + ((a->TypeIds == null ? 0 : a->TypeIds[row]) * width) + column;
                (Vector512.Load(type) + d).Store(type);
            }

            long id = a->WordIds[row];
            if (g.Words == null || id == g.PaddingId) continue;
            float* word = g.Words + (id * width) + column;
            (Vector512.Load(word) + d).Store(word);
        }
    }

    private struct Scattering
    {
        public Arguments* Arguments;
        public Gradients Gradients;
    }
}

using System.Runtime.Intrinsics;

namespace Electra.Native.Kernels;

/// <summary>Softmax over keys followed by dropout, for scores of shape (batch, heads, queries, keys).</summary>
internal static unsafe class AttentionSoftmax
{
    /// <summary>Arguments of both passes; matrices are (rows, keys) with rows = batch x heads x queries.</summary>
    public struct Arguments
    {
        public long Rows;
        public int Keys;
        public long RowsPerSequence; // heads x queries
        public float* KeyBias;       // (batch, keys) added to the scores; null: none
        public DropoutMask Mask;
        public void* Scores;         // forward: in; may equal Probabilities. backward: the gradient of Dropped, in and out
        public void* Probabilities;
        public void* Dropped;        // forward only: after dropout; not written when the mask is inactive
    }

    /// <summary>Scores to probabilities, kept and dropped.</summary>
    public static void Forward<T>(ref Arguments arguments)
        where T : struct, IElement
    {
        fixed (Arguments* a = &arguments) Tiles.Run(a->Rows, a, &ForwardTile<T>);
    }

    /// <summary>Turns the gradient of the dropped probabilities, in place, into the gradient of the scores.</summary>
    public static void Backward<T>(ref Arguments arguments)
        where T : struct, IElement
    {
        fixed (Arguments* a = &arguments) Tiles.Run(a->Rows, a, &BackwardTile<T>);
    }

    private static void ForwardTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        int keys = a->Keys;
        float* buffer = stackalloc float[keys];
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long row = begin; row < end; row++)
        {
            long at = row * keys;
            float* bias = a->KeyBias == null ? null : a->KeyBias + (row / a->RowsPerSequence * keys);
            Vector512<float> most = Vector512.Create(float.NegativeInfinity);
            for (int c = 0; c < keys; c += Simd.Lanes)
            {
                int n = keys - c;
                Vector512<float> x = T.Load(a->Scores, at + c, n);
                if (bias != null) x += Float32Element.Load(bias, c, n);
                Float32Element.Store(x, buffer, c, n);
                if (n < Simd.Lanes) x = Vector512.ConditionalSelect(Simd.FirstLanes(n), x, most);
                most = Vector512.Max(most, x);
            }

            Vector512<float> top = Vector512.Create(Simd.Max(most)), total = default;
            for (int c = 0; c < keys; c += Simd.Lanes)
            {
                int n = keys - c;
                Vector512<float> e = Simd.Exp(Float32Element.Load(buffer, c, n) - top);
                if (n < Simd.Lanes) e &= Simd.FirstLanes(n);
                Float32Element.Store(e, buffer, c, n);
                total += e;
            }

            Vector512<float> inverse = Vector512.Create(1f / Simd.Sum(total));
            DropoutMask.RowKey key = a->Mask.Row(row);
            for (int c = 0; c < keys; c += Simd.Lanes)
            {
                int n = keys - c;
                Vector512<float> p = Float32Element.Load(buffer, c, n) * inverse;
                T.Store(p, a->Probabilities, at + c, n);
                if (a->Mask.IsActive) T.Store(a->Mask.Apply(p, key, c), a->Dropped, at + c, n);
            }
        }
    }

    private static void BackwardTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        int keys = a->Keys;
        float* buffer = stackalloc float[keys];
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long row = begin; row < end; row++)
        {
            long at = row * keys;
            DropoutMask.RowKey key = a->Mask.Row(row);
            Vector512<float> product = default;
            for (int c = 0; c < keys; c += Simd.Lanes)
            {
                int n = keys - c;
                Vector512<float> d = T.Load(a->Scores, at + c, n);
                if (a->Mask.IsActive) d = a->Mask.Apply(d, key, c);
                Float32Element.Store(d, buffer, c, n);
                product = Vector512.FusedMultiplyAdd(d, T.Load(a->Probabilities, at + c, n), product);
            }

            Vector512<float> mean = Vector512.Create(Simd.Sum(product));
            for (int c = 0; c < keys; c += Simd.Lanes)
            {
                int n = keys - c;
                Vector512<float> p = T.Load(a->Probabilities, at + c, n);
                T.Store(p * (Float32Element.Load(buffer, c, n) - mean), a->Scores, at + c, n);
            }
        }
    }
}

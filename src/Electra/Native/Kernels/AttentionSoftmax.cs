using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Electra.Native;

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
        public void* Dropped;        // out: after dropout, in the backward pass again; not written when the mask is inactive
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a first step at full speed beats profile-guided inlining
    private static void ForwardTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        int keys = a->Keys, whole = keys / Simd.Lanes * Simd.Lanes, padded = whole == keys ? keys : whole + Simd.Lanes;
        float* unaligned = stackalloc float[padded + (2 * Simd.Lanes)], buffer = Simd.Align(unaligned), last = buffer + padded;
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long row = begin; row < end; row++)
        {
            long at = row * keys;
            float* bias = a->KeyBias == null ? null : a->KeyBias + (row / a->RowsPerSequence * keys);
            Vector512<float> most = Vector512.Create(float.NegativeInfinity);
            for (int c = whole; c < padded; c++) buffer[c] = float.NegativeInfinity;
            for (int c = whole; c < keys; c++) buffer[c] = T.Read(a->Scores, at + c) + (bias == null ? 0 : bias[c]);
            for (int c = 0; c < padded; c += Simd.Lanes)
            {
                Vector512<float> x = c == whole ? Vector512.Load(buffer + c) : T.Load(a->Scores, at + c);
                if (bias != null && c != whole) x += Vector512.Load(bias + c);
                x.Store(buffer + c);
                most = Vector512.MaxNative(most, x);
            }

            Vector512<float> top = Vector512.Create(Simd.Max(most)), total = default;
            for (int c = 0; c < padded; c += Simd.Lanes)
            {
                Vector512<float> x = Vector512.Load(buffer + c);
                Vector512<float> e = Simd.Exp(x - top); // 0 of what pads the last vector
                e.Store(buffer + c);
                total += e;
            }

            Vector512<float> inverse = Vector512.Create(1f / Simd.Sum(total));
            DropoutMask.RowKey key = a->Mask.Row(row);
            Vector512<uint> draws = default;
            for (int c = 0; c < whole; c += Simd.Lanes)
            {
                Vector512<float> p = Vector512.Load(buffer + c) * inverse;
                T.Store(p, a->Probabilities, at + c);
                if (!a->Mask.IsActive) continue;
                if (DropoutMask.NeedsDraws(c)) draws = DropoutMask.Draw(key, c);
                T.Store(p * a->Mask.Factors(draws, c), a->Dropped, at + c);
            }

            if (whole == keys) continue;
            Vector512<float> tail = Vector512.Load(buffer + whole) * inverse;
            tail.Store(last);
            for (int c = whole; c < keys; c++) T.Write(last[c - whole], a->Probabilities, at + c);
            if (!a->Mask.IsActive) continue;
            a->Mask.Apply(tail, key, whole).Store(last);
            for (int c = whole; c < keys; c++) T.Write(last[c - whole], a->Dropped, at + c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        int keys = a->Keys, whole = keys / Simd.Lanes * Simd.Lanes, padded = whole == keys ? keys : whole + Simd.Lanes;
        float* unaligned = stackalloc float[(2 * padded) + (2 * Simd.Lanes)], gradient = Simd.Align(unaligned);
        float* probability = gradient + padded, last = probability + padded;
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long row = begin; row < end; row++)
        {
            long at = row * keys;
            for (int c = whole; c < padded; c++) gradient[c] = probability[c] = 0;
            for (int c = whole; c < keys; c++)
            {
                gradient[c] = T.Read(a->Scores, at + c);
                probability[c] = T.Read(a->Probabilities, at + c);
            }

            DropoutMask.RowKey key = a->Mask.Row(row);
            Vector512<uint> draws = default;
            Vector512<float> product = default;
            for (int c = 0; c < padded; c += Simd.Lanes)
            {
                Vector512<float> d = c == whole ? Vector512.Load(gradient + c) : T.Load(a->Scores, at + c);
                Vector512<float> p = c == whole ? Vector512.Load(probability + c) : T.Load(a->Probabilities, at + c);
                if (a->Mask.IsActive)
                {
                    if (DropoutMask.NeedsDraws(c)) draws = DropoutMask.Draw(key, c);
                    Vector512<float> kept = a->Mask.Factors(draws, c);
                    d *= kept;
                    if (c != whole) T.Store(p * kept, a->Dropped, at + c);
                    else (p * kept).Store(last);
                }

                d.Store(gradient + c);
                p.Store(probability + c);
                product = Vector512.FusedMultiplyAdd(d, p, product);
            }

            Vector512<float> mean = Vector512.Create(Simd.Sum(product));
            for (int c = 0; c < whole; c += Simd.Lanes)
                T.Store(Vector512.Load(probability + c) * (Vector512.Load(gradient + c) - mean), a->Scores, at + c);

            float scalarMean = mean[0];
            for (int c = whole; c < keys; c++)
            {
                T.Write(probability[c] * (gradient[c] - scalarMean), a->Scores, at + c);
                if (a->Mask.IsActive) T.Write(last[c - whole], a->Dropped, at + c);
            }
        }
    }
}

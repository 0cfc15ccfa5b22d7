using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Electra.Native;

/// <summary>
/// Moves rows of <c>parts x heads x size</c> values (tokens-major, as a projection gives them) to <c>parts</c> tensors of shape
/// (batch, heads, tokens, size) and back, adding biases and scaling the first part on the way.
/// </summary>
internal static unsafe class HeadLayout
{
    /// <summary>Arguments of both directions.</summary>
    public struct Arguments
    {
        public long Batch;
        public long Tokens;
        public int Heads;
        public int Size;
        public int Parts;        // 3 for query, key, value; 1 for the context
        public float FirstScale; // multiplies part 0
        public void* Rows;       // (batch x tokens, parts x heads x size)
        public void* Part0;      // (batch, heads, tokens, size)
        public void* Part1;
        public void* Part2;
        public float* Bias;      // split: (parts x heads x size) added first; null: none
        public float* Partials;  // merge: (tiles, width) column sums; null: none wanted
    }

    /// <summary>Rows to parts: <c>part = (rows + bias) x scale</c>.</summary>
    public static void Split<T>(ref Arguments arguments)
        where T : struct, IElement
    {
        fixed (Arguments* a = &arguments) Tiles.Run(a->Batch * a->Tokens, a, &SplitTile<T>);
    }

    /// <summary>Parts to rows: <c>rows = part x scale</c>.</summary>
    public static void Merge<T>(ref Arguments arguments)
        where T : struct, IElement
    {
        fixed (Arguments* a = &arguments) Tiles.Run(a->Batch * a->Tokens, a, &MergeTile<T>);
    }

    /// <summary>The same for three parts, whose column sums are added to their bias gradients, each float32 (heads x size).</summary>
    public static void Merge<T>(ref Arguments arguments, float* gradBias0, float* gradBias1, float* gradBias2)
        where T : struct, IElement
    {
        long rows = arguments.Batch * arguments.Tokens;
        int width = arguments.Heads * arguments.Size;
        float* partials = Tiles.AllocatePartials(rows, 3, width);
        arguments.Partials = partials;
        Merge<T>(ref arguments);
        Tiles.Reduce(partials, rows, 3, 0, width, gradBias0, width);
        Tiles.Reduce(partials, rows, 3, 1, width, gradBias1, width);
        Tiles.Reduce(partials, rows, 3, 2, width, gradBias2, width);
        Tiles.FreePartials(partials);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a first step at full speed beats profile-guided inlining
    private static void SplitTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        int width = a->Heads * a->Size;
        (long begin, long end) = Tiles.Range(a->Batch * a->Tokens, tile);
        for (long row = begin; row < end; row++)
        {
            (long sequence, long token) = Math.DivRem(row, a->Tokens);
            for (int part = 0; part < a->Parts; part++)
            {
                void* destination = part == 0 ? a->Part0 : part == 1 ? a->Part1 : a->Part2;
                Vector512<float> scale = Vector512.Create(part == 0 ? a->FirstScale : 1f);
                for (int head = 0; head < a->Heads; head++)
                {
                    int column = (part * width) + (head * a->Size);
                    long from = (row * a->Parts * width) + column;
                    long to = ((((sequence * a->Heads) + head) * a->Tokens) + token) * a->Size;
                    for (int c = 0; c < a->Size; c += Simd.Lanes)
                    {
                        Vector512<float> x = T.Load(a->Rows, from + c);
                        if (a->Bias != null) x += Float32Element.Load(a->Bias, column + c);
                        T.Store(x * scale, destination, to + c);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a first step at full speed beats profile-guided inlining
    private static void MergeTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        int width = a->Heads * a->Size;
        float* sums = a->Partials == null ? null : a->Partials + (tile * a->Parts * width);
        (long begin, long end) = Tiles.Range(a->Batch * a->Tokens, tile);
        for (long row = begin; row < end; row++)
        {
            (long sequence, long token) = Math.DivRem(row, a->Tokens);
            for (int part = 0; part < a->Parts; part++)
            {
                void* source = part == 0 ? a->Part0 : part == 1 ? a->Part1 : a->Part2;
                Vector512<float> scale = Vector512.Create(part == 0 ? a->FirstScale : 1f);
                for (int head = 0; head < a->Heads; head++)
                {
                    int column = (part * width) + (head * a->Size);
                    long to = (row * a->Parts * width) + column;
                    long from = ((((sequence * a->Heads) + head) * a->Tokens) + token) * a->Size;
                    for (int c = 0; c < a->Size; c += Simd.Lanes)
                    {
                        Vector512<float> x = T.Load(source, from + c) * scale;
                        T.Store(x, a->Rows, to + c);
                        if (sums != null) Float32Element.Store(Float32Element.Load(sums, column + c) + x, sums, column + c);
                    }
                }
            }
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Electra.Native;

/// <summary>
/// Over rows of logits: the weighted negative log-likelihood of a target, whether the target is the likeliest word, one sample of the
/// distribution, and the gradient of the loss in place of the logits, all while the row is in cache.
/// </summary>
internal static unsafe class SoftmaxCrossEntropy
{
    private const int Group = 256; // columns whose probability is summed for the search of the sample

    /// <summary>Arguments; logits are (rows, words).</summary>
    public struct Arguments
    {
        public long Rows;
        public int Words;
        public void* Logits;    // in; out: weight x (softmax - one-hot) when a gradient is wanted
        public float* Bias;     // (words), added to the logits
        public long* Targets;   // (rows)
        public float* Weights;  // (rows)
        public float* Uniform;  // (rows) in [0, 1); null: draw nothing
        public long* Samples;   // out, (rows)
        public float* Losses;   // out, (rows), weighted
        public float* Hits;     // out, (rows), weighted: whether no other word is likelier
        public bool NeverTarget; // no sample is the target
        public bool WantsGradient;
        public float* Partials; // (tiles, padded words): column sums of the gradient
    }

    /// <summary>Runs it; <paramref name="gradBias"/>, of <c>Words</c> elements, receives the bias gradient, added to what it holds, when one is wanted.</summary>
    public static void Run<T>(ref Arguments arguments, float* gradBias)
        where T : struct, IElement
    {
        int padded = Padded(arguments.Words);
        if (arguments.WantsGradient) arguments.Partials = Tiles.AllocatePartials(arguments.Rows, 1, padded);
        fixed (Arguments* a = &arguments) Tiles.Run(a->Rows, a, &RunTile<T>);
        if (!arguments.WantsGradient) return;
        Tiles.Reduce(arguments.Partials, arguments.Rows, 1, 0, padded, gradBias, arguments.Words);
        Tiles.FreePartials(arguments.Partials);
    }

    private static int Padded(int words) => (words + Group - 1) / Group * Group;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunTile<T>(void* arguments, long tile)
        where T : struct, IElement
    {
        Arguments* a = (Arguments*)arguments;
        int words = a->Words, whole = words / Simd.Lanes * Simd.Lanes, padded = Padded(words), groups = padded / Group;
        float* row = (float*)NativeMemory.AlignedAlloc((nuint)(padded + groups) * sizeof(float), 64), sums = row + padded;
        float* gradBias = a->WantsGradient ? a->Partials + (tile * padded) : null;
        for (int c = words; c < padded; c++) row[c] = 0;
        (long begin, long end) = Tiles.Range(a->Rows, tile);
        for (long r = begin; r < end; r++)
        {
            long at = r * words;
            Vector512<float> most = Vector512.Create(float.NegativeInfinity);
            for (int c = 0; c < whole; c += Simd.Lanes)
            {
                Vector512<float> x = T.Load(a->Logits, at + c) + Vector512.Load(a->Bias + c);
                x.Store(row + c);
                most = Vector512.MaxNative(most, x);
            }

            float top = Simd.Max(most);
            for (int c = whole; c < words; c++)
            {
                row[c] = T.Read(a->Logits, at + c) + a->Bias[c];
                top = MathF.Max(top, row[c]);
            }

            int target = (int)a->Targets[r];
            float weight = a->Weights[r], targetLogit = row[target];
            // Of equally likely words the first counts, so that a network that can't tell words apart is not always right.
            bool hit = targetLogit == top && new ReadOnlySpan<float>(row, target).IndexOf(top) < 0;
            a->Hits[r] = hit ? weight : 0;
            float total = Exponentiate(row, words, groups, top, sums);
            a->Losses[r] = weight * (MathF.Log(total) + top - targetLogit);
            if (a->Uniform != null) a->Samples[r] = Draw(row, words, sums, groups, a->Uniform[r], total, a->NeverTarget ? target : -1);
            if (!a->WantsGradient) continue;
            Vector512<float> scale = Vector512.Create(weight / total);
            for (int c = 0; c < whole; c += Simd.Lanes)
            {
                Vector512<float> gradient = Vector512.Load(row + c) * scale;
                T.Store(gradient, a->Logits, at + c);
                (Vector512.Load(gradBias + c) + gradient).Store(gradBias + c);
            }

            for (int c = whole; c < words; c++)
            {
                T.Write(row[c] * (weight / total), a->Logits, at + c);
                gradBias[c] += row[c] * (weight / total);
            }

            T.Write((row[target] * (weight / total)) - weight, a->Logits, at + target);
            gradBias[target] -= weight;
        }

        NativeMemory.AlignedFree(row);
    }

    /// <summary>Turns logits into e^(logit - top) in place and gives their sum; <paramref name="sums"/> receives that of each group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Exponentiate(float* row, int words, int groups, float top, float* sums)
    {
        Vector512<float> highest = Vector512.Create(top);
        float total = 0;
        for (int group = 0; group < groups; group++)
        {
            Vector512<float> sum = default;
            for (int c = group * Group; c < (group + 1) * Group; c += Simd.Lanes)
            {
                Vector512<float> e = Simd.Exp(Vector512.Load(row + c) - highest);
                if (c + Simd.Lanes > words) e &= Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(words - c)).AsSingle();
                e.Store(row + c);
                sum += e;
            }

            sums[group] = Simd.Sum(sum);
            total += sums[group];
        }

        return total;
    }

    /// <summary>A word by its weight; <paramref name="never"/> has none for the time of the search, unless it is -1.</summary>
    private static long Draw(float* row, int words, float* sums, int groups, float uniform, float total, int never)
    {
        if (never < 0) return Search(row, words, sums, groups, uniform * total);
        float weight = row[never], sum = sums[never / Group];
        row[never] = 0;
        float rest = 0; // summed anew: where the word had nearly all of the weight, a difference would be rounding
        for (int c = never / Group * Group; c < Math.Min(words, ((never / Group) + 1) * Group); c++) rest += row[c];
        sums[never / Group] = rest;
        float others = 0;
        for (int group = 0; group < groups; group++) others += sums[group];
        long word = Search(row, words, sums, groups, uniform * others);
        if (word == never) word = never > 0 ? never - 1 : Math.Min(1, words - 1); // rounding ended the search at it
        (row[never], sums[never / Group]) = (weight, sum);
        return word;
    }

    /// <summary>The first word up to which the weights add to more than <paramref name="threshold"/>.</summary>
    private static long Search(float* row, int words, float* sums, int groups, float threshold)
    {
        int group = 0;
        float before = 0;
        while (group < groups - 1 && before + sums[group] <= threshold) before += sums[group++];
        int last = Math.Min(words, (group + 1) * Group) - 1, word = group * Group;
        while (word < last && (before += row[word]) <= threshold) word++;
        return word;
    }
}

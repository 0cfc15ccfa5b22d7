using System.Numerics;
using System.Runtime.InteropServices;
using Electra.Inference;

namespace Electra.Samples.Search.Index;

/// <summary>The vectors of passages, of length 1, one behind the other.</summary>
/// <param name="dimensions">Numbers of a vector.</param>
/// <param name="numbers">All of them.</param>
internal sealed class VectorIndex(int dimensions, float[] numbers)
{
    private const int TextsAtOnce = 2048;

    /// <summary>Numbers of a vector.</summary>
    public int Dimensions => dimensions;

    /// <summary>How many vectors there are.</summary>
    public int Count => numbers.Length / dimensions;

    /// <summary>All numbers.</summary>
    public ReadOnlySpan<float> Numbers => numbers;

    /// <summary>Computes them.</summary>
    /// <param name="embedder">Makes vectors of length 1.</param>
    /// <param name="texts">What of.</param>
    /// <param name="progress">Told how many more are done.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    public static VectorIndex Of(TextEmbedder embedder, IReadOnlyList<string> texts, Action<int> progress, CancellationToken cancellationToken)
    {
        var numbers = new float[checked(texts.Count * embedder.Dimensions)];
        int next = 0;
        foreach (string[] some in texts.Chunk(TextsAtOnce))
        {
            foreach (float[] vector in embedder.Embed(some, cancellationToken))
            {
                vector.CopyTo(numbers, next);
                next += vector.Length;
            }

            progress(some.Length);
        }

        return new VectorIndex(embedder.Dimensions, numbers);
    }

    /// <summary>The cosine of each vector with another one of length 1.</summary>
    public double[] Scores(ReadOnlySpan<float> vector)
    {
        var scores = new double[Count];
        for (int i = 0; i < scores.Length; i++) scores[i] = Product(numbers.AsSpan(i * dimensions, dimensions), vector);
        return scores;
    }

    private static float Product(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        ReadOnlySpan<Vector<float>> ones = MemoryMarshal.Cast<float, Vector<float>>(one), others = MemoryMarshal.Cast<float, Vector<float>>(other);
        Vector<float> sums = Vector<float>.Zero;
        for (int i = 0; i < ones.Length; i++) sums += ones[i] * others[i];
        float sum = Vector.Sum(sums);
        for (int i = ones.Length * Vector<float>.Count; i < one.Length; i++) sum += one[i] * other[i];
        return sum;
    }
}

namespace Electra.Benchmarks.Workloads;

/// <summary>
/// Draws words as text does: the n-th most frequent comes about 1/n as often as the first. Seeded, so every run reads the same.
/// </summary>
internal sealed class ZipfWords(int words, int seed)
{
    private readonly Random _random = new(seed);
    private readonly double _scale = Math.Log(words + 1);

    /// <summary>The rank of the next word, from 0.</summary>
    public int Next() => Math.Min(words - 1, (int)Math.Exp(_random.NextDouble() * _scale) - 1);

    /// <summary>A number in a range, each as likely as the others.</summary>
    public int NextUniform(int from, int below) => _random.Next(from, below);
}

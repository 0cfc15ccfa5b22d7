using Electra.Configuration;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// Starts a tower such that its first heads look at the neighbours of a token, which training from random weights takes long to find. The position table is made of waves,
/// sines and cosines of frequencies spread over (0, π); a turned head's key reads some of the waves as they are, its query reads them turned by an offset, so that a token at p scores
/// one at j by the sum of cos(w (p + offset - j)), which is greatest at j = p + offset. All of it is ordinary weights and is trained as such.
/// </summary>
internal static class NeighbourStart
{
    // What query and key are multiplied by: the score of the neighbour is some 12 above that of other tokens.
    private const double Sharpness = 2;

    // Heads that are turned: by -1, +1, -2, +2. A tower of one head a layer turns those of its first two layers.
    private const int MostHeads = 4;
    private const int FewestHeads = 2;

    /// <summary>Overwrites the position table with the waves: position p has sin(w p) in the first half, cos(w p) in the second.</summary>
    /// <param name="embeddings">Whose table.</param>
    /// <param name="rootMeanSquare">Of the table.</param>
    public static void MakeWaves(ElectraEmbeddings embeddings, double rootMeanSquare)
    {
        (long positions, long size) = (embeddings.PositionEmbeddings.shape[0], embeddings.PositionEmbeddings.shape[1]);
        double[] frequencies = Frequencies(size);
        var table = new float[positions, size];
        for (int p = 0; p < positions; p++)
        {
            for (int k = 0; k < frequencies.Length; k++)
            {
                table[p, k] = (float)(Math.Sin(frequencies[k] * p) * rootMeanSquare * Math.Sqrt(2));
                table[p, frequencies.Length + k] = (float)(Math.Cos(frequencies[k] * p) * rootMeanSquare * Math.Sqrt(2));
            }
        }

        Write(embeddings.PositionEmbeddings, table);
    }

    /// <summary>Turns the first heads of a tower whose position table is made of waves, and lets its projection, if there is one, pass waves on.</summary>
    /// <param name="model">The tower.</param>
    /// <param name="seed">Chooses which waves a head reads.</param>
    public static void TurnHeads(ElectraModel model, long seed)
    {
        ElectraConfig config = model.Config;
        var random = new Random(unchecked((int)(seed ^ (seed >> 32))));
        double[] frequencies = Frequencies(config.EmbeddingSize);
        Wave[] waves = [.. frequencies.Select((frequency, k) => new Wave(frequency, k, frequencies.Length + k))];
        if (model.EmbeddingsProject is { } project) waves = PassOn(project, waves, config, random);
        ElectraLayer[] layers = [.. model.Encoder.Layers];
        int heads = config.NumAttentionHeads, turned = Math.Clamp(heads, FewestHeads, MostHeads);
        for (int i = 0; i < turned && i / heads < config.NumHiddenLayers; i++)
            Turn(layers[i / heads].Parameters, i % heads, ((i / 2) + 1) * (i % 2 == 0 ? -1 : 1), waves, config, random);
    }

    // One frequency in each of equal parts of (0, π), at uneven places in them, so that waves do not meet again after some hundred positions.
    private static double[] Frequencies(long size)
    {
        double golden = (Math.Sqrt(5) - 1) / 2;
        return [.. Enumerable.Range(0, (int)(size / 2)).Select(k => Math.PI * (k + ((k + 1) * golden % 1)) / (size / 2))];
    }

    // The first columns pass as they are; where there are fewer, some waves do.
    private static Wave[] PassOn(Dense project, Wave[] waves, ElectraConfig config, Random random)
    {
        var weight = new float[Math.Min(config.HiddenSize, config.EmbeddingSize), config.EmbeddingSize];
        if (config.HiddenSize >= config.EmbeddingSize)
        {
            for (int i = 0; i < config.EmbeddingSize; i++) weight[i, i] = 1;
            Write(project.Weight.narrow(0, 0, config.EmbeddingSize), weight);
            return waves;
        }

        int half = config.HiddenSize / 2;
        Wave[] passed = [.. Some(waves, half, random).Select((wave, i) => new Wave(wave.Frequency, i, half + i))];
        foreach ((int i, Wave wave) in passed.Index())
        {
            int k = Array.FindIndex(waves, other => other.Frequency == wave.Frequency);
            weight[wave.Sine, waves[k].Sine] = weight[wave.Cosine, waves[k].Cosine] = 1;
        }

        Write(project.Weight, weight);
        return passed;
    }

    private static void Turn(EncoderLayerParameters<Tensor> layer, int head, int offset, Wave[] waves, ElectraConfig config, Random random)
    {
        int size = config.HiddenSize / config.NumAttentionHeads;
        float[,] query = new float[size, config.HiddenSize], key = new float[size, config.HiddenSize];
        foreach ((int i, Wave wave) in Some(waves, size / 2, random).Index())
        {
            (int sine, int cosine) = (2 * i, (2 * i) + 1);
            (float cos, float sin) = ((float)(Sharpness * Math.Cos(wave.Frequency * offset)), (float)(Sharpness * Math.Sin(wave.Frequency * offset)));
            (query[sine, wave.Sine], query[sine, wave.Cosine]) = (cos, sin); // sin(w (p + offset))
            (query[cosine, wave.Cosine], query[cosine, wave.Sine]) = (cos, -sin); // cos(w (p + offset))
            (key[sine, wave.Sine], key[cosine, wave.Cosine]) = ((float)Sharpness, (float)Sharpness);
        }

        Write(layer.QueryWeight.narrow(0, (long)head * size, size), query);
        Write(layer.KeyWeight.narrow(0, (long)head * size, size), key);
    }

    private static Wave[] Some(Wave[] waves, int count, Random random)
    {
        Wave[] shuffled = [.. waves];
        random.Shuffle(shuffled);
        return [.. shuffled.Take(count).OrderBy(wave => wave.Frequency)];
    }

    private static void Write(Tensor target, float[,] values)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        target.copy_(tensor(values));
    }

    /// <param name="Frequency">In radians a position.</param>
    /// <param name="Sine">Which input of the first layer has its sine.</param>
    /// <param name="Cosine">Which has its cosine.</param>
    private readonly record struct Wave(double Frequency, int Sine, int Cosine);
}

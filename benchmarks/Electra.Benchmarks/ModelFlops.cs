using Electra.Configuration;

namespace Electra.Benchmarks;

/// <summary>
/// The floating-point operations a token that a model needs, by the rule in <see cref="Rule"/>; what an implementation computes twice does
/// not count, so utilisations compare across implementations.
/// </summary>
/// <param name="Generator">Of the generator's forward pass, masked LM head included.</param>
/// <param name="Discriminator">Of the discriminator's forward pass, replaced token detection head included.</param>
internal sealed record ModelFlops(double Generator, double Discriminator)
{
    /// <summary>What is counted, in one sentence.</summary>
    public const string Rule =
        "FLOPs a token, multiply-add = 2: a tower L(8h^2 + 4hi) + 4Lsh (+ 2eh if e != h), replaced token detection head 2h^2 + 2h, "
        + "masked LM head f(2he + 2eV) for the masked fraction f; training = 3 x forward. Nothing computed twice counts.";

    /// <summary>Of one training step: forward, and backward at twice that.</summary>
    public double Training => 3 * (Generator + Discriminator);

    /// <summary>Counts for a discriminator and its generator.</summary>
    /// <param name="discriminator">The discriminator's config.</param>
    /// <param name="generator">The generator's.</param>
    /// <param name="sequenceLength">Tokens a sequence.</param>
    /// <param name="maskedFraction">Nominal share of masked tokens, 0 to 1.</param>
    public static ModelFlops Of(ElectraConfig discriminator, ElectraConfig generator, int sequenceLength, double maskedFraction)
    {
        double maskedLM = OfMaskedLMHead(generator, maskedFraction), detection = OfDetectionHead(discriminator);
        return new ModelFlops(OfTower(generator, sequenceLength) + maskedLM, OfTower(discriminator, sequenceLength) + detection);
    }

    /// <summary>Of a replaced token detection head.</summary>
    public static double OfDetectionHead(ElectraConfig config) => (2.0 * config.HiddenSize * config.HiddenSize) + (2.0 * config.HiddenSize);

    /// <summary>Of a masked LM head.</summary>
    /// <param name="config">Its encoder's config.</param>
    /// <param name="maskedFraction">Nominal share of masked tokens, 0 to 1.</param>
    public static double OfMaskedLMHead(ElectraConfig config, double maskedFraction)
    {
        double embedding = config.EmbeddingSize;
        return maskedFraction * ((2 * config.HiddenSize * embedding) + (2 * embedding * config.VocabSize));
    }

    /// <summary>Of an encoder without a head.</summary>
    public static double OfTower(ElectraConfig config, int sequenceLength)
    {
        double layers = config.NumHiddenLayers, hidden = config.HiddenSize, intermediate = config.IntermediateSize;
        double products = layers * ((8 * hidden * hidden) + (4 * hidden * intermediate));
        double attention = 4 * layers * sequenceLength * hidden;
        double projection = config.EmbeddingSize == config.HiddenSize ? 0 : 2 * config.EmbeddingSize * hidden;
        return products + attention + projection;
    }
}

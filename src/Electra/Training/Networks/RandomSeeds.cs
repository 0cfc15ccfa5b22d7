using Electra.Data;

namespace Electra.Training;

/// <summary>
/// Derives the seed of every random decision of a run from the run's seed and the step, so that nothing random has to be saved:
/// a resumed run draws what an uninterrupted one would.
/// </summary>
internal static class RandomSeeds
{
    /// <summary>What a seed is for; two purposes never share a stream.</summary>
    public enum Purpose
    {
        /// <summary>Masking and sampling while training.</summary>
        Masking = 1,

        /// <summary>Masking and sampling of held-out text.</summary>
        Evaluation,

        /// <summary>The generator's dropout.</summary>
        GeneratorDropout,

        /// <summary>The discriminator's dropout.</summary>
        DiscriminatorDropout,

        /// <summary>The discriminator's initial weights, which must not repeat the generator's.</summary>
        DiscriminatorWeights,

        /// <summary>The dropout of a network that is fine-tuned.</summary>
        FineTuningDropout,

        /// <summary>The initial weights of what fine-tuning puts on an encoder, or draws anew in it.</summary>
        FreshWeights,

        /// <summary>The order of labelled examples.</summary>
        ExampleOrder,

        /// <summary>The initial weights of a head that a pre-training run leaves behind.</summary>
        ExtraHeadWeights,

        /// <summary>Which passages a relevant one is set beside.</summary>
        SampledPassages,
    }

    /// <summary>A well-mixed, non-negative seed for a purpose at a step (and, where it matters, a micro-batch).</summary>
    public static long Derive(long seed, Purpose purpose, long step = 0, long microBatch = 0)
    {
        ulong state = SeededRandom.Mix((ulong)seed);
        state = SeededRandom.Mix(state ^ (ulong)purpose);
        state = SeededRandom.Mix(state ^ (ulong)step);
        return (long)(SeededRandom.Mix(state ^ (ulong)microBatch) >> 1);
    }
}

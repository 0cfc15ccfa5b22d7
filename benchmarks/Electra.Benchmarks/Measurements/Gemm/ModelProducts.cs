using Electra.Benchmarks.CommandLine;
using Electra.Configuration;

namespace Electra.Benchmarks.Measurements.Gemm;

/// <summary>Lists the matrix products of a forward pass over one micro-batch.</summary>
internal static class ModelProducts
{
    /// <summary>Those of the discriminator and the generator.</summary>
    public static IReadOnlyList<ModelProduct> Of(BenchmarkSettings settings)
    {
        ElectraConfig generator = settings.Generator;
        long tokens = (long)settings.MicroBatchSize * settings.SequenceLength;
        long masked = (long)settings.MicroBatchSize * settings.Options.Masking.Slots(settings.SequenceLength);
        return
        [
            .. Tower("discriminator", settings.Config, settings),
            new("discriminator_head_dense", tokens, settings.Config.HiddenSize, settings.Config.HiddenSize, 1),
            .. Tower("generator", generator, settings),
            new("generator_head_dense", masked, generator.EmbeddingSize, generator.HiddenSize, 1),
            new("generator_head_vocabulary", masked, generator.VocabSize, generator.EmbeddingSize, 1),
        ];
    }

    private static IEnumerable<ModelProduct> Tower(string name, ElectraConfig config, BenchmarkSettings settings)
    {
        (int layers, long hidden, long length) = (config.NumHiddenLayers, config.HiddenSize, settings.SequenceLength);
        long tokens = settings.MicroBatchSize * length, heads = (long)settings.MicroBatchSize * config.NumAttentionHeads;
        if (config.EmbeddingSize != hidden) yield return new($"{name}_embedding_projection", tokens, hidden, config.EmbeddingSize, 1);
        yield return new($"{name}_query_key_value", tokens, 3 * hidden, hidden, layers);
        yield return new($"{name}_attention_scores", length, length, config.HeadSize, layers, heads);
        yield return new($"{name}_attention_context", length, config.HeadSize, length, layers, heads);
        yield return new($"{name}_attention_output", tokens, hidden, hidden, layers);
        yield return new($"{name}_intermediate", tokens, config.IntermediateSize, hidden, layers);
        yield return new($"{name}_output", tokens, hidden, config.IntermediateSize, layers);
    }
}

using Electra.Configuration;
using Electra.Modeling;
using Electra.Pretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

public class NeighbourStartTests
{
    /// <summary>In both towers the first heads look at the tokens beside, wherever in the sequence, from the first update on.</summary>
    [Theory]
    [InlineData(128, 128, 2, 0.5, 128)]
    [InlineData(128, 256, 4, 0.25, 512)]
    [InlineData(128, 128, 1, 1, 512)]
    [InlineData(96, 192, 3, 0.5, 300)]
    public void The_first_heads_look_at_the_tokens_beside(int embedding, int hidden, int heads, double generator, int positions)
    {
        ElectraConfig config = ElectraConfig.Tiny with
        {
            EmbeddingSize = embedding,
            HiddenSize = hidden,
            NumAttentionHeads = heads,
            IntermediateSize = 2 * hidden,
            MaxPositionEmbeddings = positions,
            NumHiddenLayers = 2,
        };
        using var model = new ElectraPretrainingModel(
            config, new PretrainingModelOptions { GeneratorSize = generator, PositionInitialization = PositionInitialization.Neighbours, Seed = 3 });
        model.Train(false);
        Check(model.Discriminator.Electra, positions);
        Check(model.Generator.Electra, positions);
    }

    private static void Check(ElectraModel tower, int positions)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor ids = randint(10, tower.Config.VocabSize, [2, positions], ScalarType.Int64, generator: new Generator(1));
        IReadOnlyList<Tensor> attentions = tower.forwardWithStates(ids).Attentions;
        int heads = tower.Config.NumAttentionHeads;
        int[] offsets = [-1, 1, -2, 2];
        for (int i = 0; i < Math.Clamp(heads, 2, 4); i++)
        {
            Tensor weights = attentions[i / heads].select(1, i % heads); // (batch, seq, seq)
            double beside = weights.diagonal(offsets[i], 1, 2).mean().item<float>();
            Assert.True(beside > 0.4, $"head {i}: {beside} at {offsets[i]}");
        }
    }
}

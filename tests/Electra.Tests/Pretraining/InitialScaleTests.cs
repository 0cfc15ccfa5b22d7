using Electra.Configuration;
using Electra.Pretraining;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

public class InitialScaleTests
{
    // Of a normal distribution cut at two deviations.
    private const double Cut = 0.8796;

    [Theory]
    [InlineData(64)]
    [InlineData(256)]
    public void Hidden_matrices_start_by_the_width_they_read_and_nothing_else_moves(int width)
    {
        using var scope = NewDisposeScope();
        ElectraConfig config = new() { VocabSize = 200, EmbeddingSize = 32, HiddenSize = width, IntermediateSize = 4 * width, NumAttentionHeads = 2, NumHiddenLayers = 2, MaxPositionEmbeddings = 32 };
        PretrainingModelOptions options = new() { GeneratorSize = 0.5, EmbeddingSharing = EmbeddingSharing.None };
        using ElectraPretrainingModel plain = new(config, options), scaled = new(config, options with { InitializerWidth = 128 });
        int matrices = 0;
        foreach (((string name, Tensor before), (_, Tensor after)) in plain.NamedParameters().Zip(scaled.NamedParameters()))
        {
            bool isHidden = after.dim() == 2
                && (name.Contains(".layer.", StringComparison.Ordinal) || name.EndsWith("_predictions.dense.weight", StringComparison.Ordinal));
            if (isHidden)
            {
                double deviation = config.InitializerRange * Math.Sqrt(128.0 / after.shape[1]);
                Assert.Equal(Cut * deviation, after.std().item<float>(), 0.06 * deviation);
                Assert.True(after.abs().max().item<float>() <= 2.0001 * deviation);
                matrices++;
            }
            else
            {
                Assert.True(before.equal(after).all().item<bool>(), name);
            }
        }

        Assert.Equal(2 * ((2 * 6) + 1), matrices); // both towers: six a layer, one of the head
    }

    [Fact]
    public void Heads_that_look_at_neighbours_are_turned_as_ever_and_a_width_must_be_positive()
    {
        using var scope = NewDisposeScope();
        ElectraConfig config = new() { VocabSize = 200, EmbeddingSize = 32, HiddenSize = 32, IntermediateSize = 64, NumAttentionHeads = 2, NumHiddenLayers = 1, MaxPositionEmbeddings = 32 };
        PretrainingModelOptions options = new() { Objective = PretrainingObjective.MaskedLM, PositionInitialization = PositionInitialization.Neighbours };
        using ElectraPretrainingModel plain = new(config, options), scaled = new(config, options with { InitializerWidth = 512 });
        Tensor Weight(ElectraPretrainingModel model, string name) => model.LanguageModel.Electra.get_parameter($"encoder.layer.0.{name}.weight")!;
        Assert.True(Weight(plain, "attention.self.query").equal(Weight(scaled, "attention.self.query")).all().item<bool>()); // both heads
        Assert.Equal(4, (Weight(scaled, "attention.self.value").std() / Weight(plain, "attention.self.value").std()).item<float>(), 1e-4); // sqrt(512 / 32)
        Assert.Contains("InitializerWidth must", Assert.Throws<ArgumentException>(() => new PretrainingOptions { Model = new PretrainingModelOptions { InitializerWidth = 0 } }.Validate()).Message);
    }
}

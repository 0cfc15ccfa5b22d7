using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Tests.FineTuning;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

public class FreshWeightsTests
{
    private static readonly ElectraConfig Config = ElectraConfig.Tiny with { NumHiddenLayers = 3 };

    [Fact]
    public void The_top_layers_alone_are_drawn_anew_and_the_same_seed_draws_the_same()
    {
        using ElectraModel model = new(Config, seed: 1), same = new(Config, seed: 1), kept = new(Config, seed: 1);
        model.ReinitializeTopLayers(2, seed: 9);
        same.ReinitializeTopLayers(2, seed: 9);
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in model.named_parameters())
        {
            bool isDrawn = parameter.dim() == 2 && (name.Contains("layer.1.", StringComparison.Ordinal) || name.Contains("layer.2.", StringComparison.Ordinal));
            Assert.True(parameter.allclose(same.get_parameter(name)!, 0, 0));
            if (!isDrawn) Assert.True(parameter.allclose(kept.get_parameter(name)!, 0, 0), name);
            else Assert.False(parameter.allclose(kept.get_parameter(name)!), name);
        }
    }

    [Fact]
    public void All_weights_drawn_anew_are_those_of_a_fresh_model()
    {
        using ElectraModel model = new(Config, seed: 1), fresh = new(Config, seed: 5);
        model.ReinitializeAll(5);
        Assert.All(model.named_parameters(), item => Assert.True(item.parameter.allclose(fresh.get_parameter(item.name)!, 0, 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.ReinitializeTopLayers(4, 0));
    }

    /// <summary>An encoder that saw single texts only has learned nothing of token type 1, which pairs would use.</summary>
    [Fact]
    public void An_untrained_token_type_is_noticed_and_can_start_from_the_trained_one()
    {
        using ElectraForPreTraining trained = ElectraForPreTraining.FromPretrained(LabelledData.WikiMini);
        Assert.True(TokenTypeRow.LooksUntrained(trained.Electra));
        TokenTypeRow.Copy(trained.Electra, from: 0, to: 1);
        Tensor types = trained.Electra.Embeddings.TokenTypeEmbeddings;
        Assert.True(types[0].allclose(types[1], 0, 0));
        Assert.False(TokenTypeRow.LooksUntrained(trained.Electra));
        using var fresh = new ElectraForPreTraining(trained.Config, seed: 2);
        Assert.False(TokenTypeRow.LooksUntrained(fresh.Electra)); // nothing at all was trained
    }
}

using System.Text.Json;
using Electra.Optimization;
using Electra.Tests.Support;

namespace Electra.Tests.Optimization;

public class ParameterGroupsTests
{
    [Theory]
    [InlineData("electra.embeddings.word_embeddings.weight", true)]
    [InlineData("electra.embeddings.LayerNorm.weight", false)]
    [InlineData("electra.encoder.layer.3.attention.self.query.weight", true)]
    [InlineData("electra.encoder.layer.3.attention.self.query.bias", false)]
    [InlineData("generator_lm_head.bias", false)]
    public void Only_layer_norms_and_biases_are_not_decayed(string name, bool decayed) =>
        Assert.Equal(decayed, ParameterGroups.IsDecayed(name));

    [Theory]
    [InlineData("discriminator.electra.encoder.layer.3.attention.self.query.weight", 0.5)]
    [InlineData("discriminator.electra.encoder.layer.11.attention.output.dense.weight", 0.5)]
    [InlineData("discriminator.electra.encoder.layer.0.intermediate.dense.weight", 0.5)]
    [InlineData("discriminator.electra.encoder.layer.0.output.dense.weight", 0.5)]
    [InlineData("discriminator.discriminator_predictions.dense.weight", 0.5)]
    [InlineData("discriminator.discriminator_predictions.dense_prediction.weight", 0.5)]
    [InlineData("generator.electra.encoder.layer.0.attention.self.key.weight", 2)]
    [InlineData("generator.generator_predictions.dense.weight", 2)]
    [InlineData("discriminator.electra.encoder.layer.0.output.LayerNorm.weight", 1)]
    [InlineData("discriminator.electra.encoder.layer.0.output.dense.bias", 1)]
    [InlineData("discriminator.electra.embeddings.word_embeddings.weight", 1)]
    [InlineData("discriminator.electra.embeddings_project.weight", 1)]
    [InlineData("generator.generator_predictions.LayerNorm.weight", 1)]
    [InlineData("generator.generator_lm_head.bias", 1)]
    public void Matrices_between_hidden_layers_are_trained_at_a_rate_by_width(string name, double multiplier)
    {
        Func<string, ParameterGroup> rule = ParameterGroups.WithRateByWidth(0.01, 128, of => of.StartsWith("generator.", StringComparison.Ordinal) ? 64 : 256);
        Assert.Equal(new ParameterGroup(ParameterGroups.IsDecayed(name) ? 0.01 : 0, multiplier), rule(name));
    }

    [SkippableFact]
    public void Layerwise_multipliers_meet_the_reference()
    {
        using JsonDocument fixture = JsonDocument.Parse(File.ReadAllText(ReferenceData.Fixture("schedule.json")));
        foreach (JsonElement set in fixture.RootElement.GetProperty("layerwise").EnumerateArray())
        {
            int layers = set.GetProperty("layers").GetInt32();
            double decay = set.GetProperty("decay").GetDouble();
            foreach (JsonProperty multiplier in set.GetProperty("multipliers").EnumerateObject())
            {
                string name = multiplier.Name == "head" ? "classifier.dense.weight" : $"electra.{multiplier.Name}.weight";
                Assert.Equal(multiplier.Value.GetDouble(), ParameterGroups.LayerwiseMultiplier(name, layers, decay, hasExtraPower: true), 12);
            }
        }
    }

    [SkippableFact]
    public void Layerwise_rates_of_a_classifier_meet_the_reference()
    {
        using JsonDocument fixture = JsonDocument.Parse(File.ReadAllText(ReferenceData.Fixture("finetune-layerwise/meta.json")));
        double rate = fixture.RootElement.GetProperty("lr").GetDouble();
        Func<string, ParameterGroup> rule = ParameterGroups.WithLayerwiseDecay(
            0.01, 2, fixture.RootElement.GetProperty("layerwise_lr_decay").GetDouble(), hasExtraPower: true);
        foreach (JsonProperty parameter in fixture.RootElement.GetProperty("lr_by_parameter").EnumerateObject())
            Assert.Equal(parameter.Value.GetDouble(), rate * rule(parameter.Name).LearningRateMultiplier, 12);
    }

    [Theory]
    [InlineData("classifier.dense.weight", 1)]
    [InlineData("electra.encoder.layer.1.output.dense.weight", 0.8)]
    [InlineData("electra.encoder.layer.0.output.dense.weight", 0.64)]
    [InlineData("electra.embeddings.word_embeddings.weight", 0.512)]
    [InlineData("electra.embeddings_project.weight", 0.512)]
    public void Without_the_extra_power_the_top_layer_has_one_power_of_the_decay(string name, double multiplier) =>
        Assert.Equal(multiplier, ParameterGroups.LayerwiseMultiplier(name, 2, 0.8), 12);

    [Fact]
    public void A_layer_that_does_not_exist_is_refused() =>
        Assert.Throws<ArgumentException>(() => ParameterGroups.LayerwiseMultiplier("electra.encoder.layer.2.output.dense.weight", 2, 0.8));
}

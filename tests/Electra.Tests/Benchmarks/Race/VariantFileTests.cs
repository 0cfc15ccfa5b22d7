using Electra.Benchmarks;
using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Race.Variants;
using Electra.Configuration;
using Electra.Pretraining;
using Electra.Tests.Architecture;

namespace Electra.Tests.Benchmarks.Race;

public class VariantFileTests
{
    private static Variant One(string fields) => Assert.Single(VariantFile.Parse($$"""[ { {{fields}} } ]""", "race.json"));

    private static string Refusal(string json)
    {
        string message = Assert.Throws<UsageException>(() => VariantFile.Parse(json, "race.json")).Message;
        Assert.Contains("race.json", message, StringComparison.Ordinal);
        return message;
    }

    [Fact]
    public void What_is_not_named_is_the_recipes()
    {
        Variant plain = One("""  "name": "a", "model": "mini" """);
        Assert.Equal(ElectraConfig.Mini.ToJson(), plain.Config.ToJson());
        Assert.Equal(PretrainingOptions.Recipe("mini"), plain.Options);

        Variant changed = One(
            """
            "name": "b", "model": "mini", "config": { "num_hidden_layers": 6, "hidden_dropout_prob": 0 },
            "options": { "LearningRate": 1e-3, "Model": { "GeneratorSize": 1.0, "Objective": "MaskedLM" }, "Phases": [ { "Share": 1, "SequenceLength": 32 } ] }
            """);
        Assert.Equal((ElectraConfig.Mini with { NumHiddenLayers = 6, HiddenDropoutProb = 0 }).ToJson(), changed.Config.ToJson());
        PretrainingOptions recipe = PretrainingOptions.Recipe("mini");
        Assert.Equal(
            recipe with
            {
                LearningRate = 1e-3,
                Model = recipe.Model with { GeneratorSize = 1, Objective = PretrainingObjective.MaskedLM },
                Phases = [new() { Share = 1, SequenceLength = 32 }],
            },
            changed.Options);
    }

    [Theory]
    [InlineData("""[ { "model": "mini" } ]""", "variant 1 needs a text \"name\"")]
    [InlineData("""[ { "name": "a" } ]""", "\"model\"")]
    [InlineData("""[ { "name": "a/b", "model": "mini" } ]""", "a/b")]
    [InlineData("""[ { "name": "shards", "model": "mini" } ]""", "shards")]
    [InlineData("""[ { "name": "a", "model": "nano" } ]""", "'nano'")]
    [InlineData("""[ { "name": "a", "model": "mini", "option": {} } ]""", "('a') has an unknown key 'option'")]
    [InlineData("""[ { "name": "a", "model": "mini", "config": { "layers": 3 } } ]""", "('a'), config: there is no key layers")]
    [InlineData("""[ { "name": "a", "model": "mini", "config": { "hidden_size": 255 } } ]""", "('a'), config")]
    [InlineData("""[ { "name": "a", "model": "mini", "config": [] } ]""", "\"config\" must be")]
    [InlineData("""[ { "name": "a", "model": "mini", "options": { "Rate": 3 } } ]""", "('a'), options: there is no option Rate")]
    [InlineData("""[ { "name": "a", "model": "mini", "options": { "Model": { "Size": 3 } } } ]""", "there is no option Model.Size")]
    [InlineData("""[ { "name": "a", "model": "mini", "options": { "LearningRate": "fast" } } ]""", "('a'), options")]
    [InlineData("""[ { "name": "a", "model": "mini", "options": { "LearningRate": -1 } } ]""", "LearningRate must be above 0")]
    [InlineData("""[ { "name": "a", "model": "mini", "options": { "TrainSteps": 10 } } ]""", "TrainSteps is the race's own")]
    [InlineData("""[ { "name": "a", "model": "mini", "options": { "Data": { "HeldOutFraction": 0.5 } } } ]""", "Data.HeldOutFraction is the race's own")]
    [InlineData("""[ { "name": "a", "model": "mini" }, { "name": "A", "model": "mini" } ]""", "two variants called 'a'")]
    [InlineData("[]", "must be a JSON list")]
    [InlineData("{", "is no JSON")]
    public void Wrong_variants_are_named(string json, string expected) => Assert.Contains(expected, Refusal(json), StringComparison.Ordinal);

    [SkippableFact]
    public void The_races_of_the_documentation_can_be_run()
    {
        Skip.If(SourceTree.Root is null, "the sources are not on this machine");
        string[] files = Directory.GetFiles(Path.Combine(SourceTree.Root!, "benchmarks", "races"));
        Assert.NotEmpty(files);
        foreach (Variant variant in files.SelectMany(VariantFile.Read))
            Assert.InRange(new RaceLimit(null, null, 1e7).Apply(variant.Options, variant.Config).TrainSteps, 1_000, 10_000);
    }

    [Fact]
    public void Equal_flops_and_tokens_give_the_updates_counted_by_hand()
    {
        ElectraConfig config = ElectraConfig.Small;
        PretrainingOptions recipe = PretrainingOptions.Recipe("small") with { WarmupSteps = 500 };
        double perUpdate = ModelFlops.Of(config, config.ToGenerator(0.25), 128, 0.15).Training * 128 * 128;
        Assert.Equal(1000, new RaceLimit(null, 1000.2 * perUpdate, null).Apply(recipe, config).TrainSteps);
        Assert.Equal(1000, new RaceLimit(null, null, 1000 * 128 * 128).Apply(recipe, config).TrainSteps);

        // a masked LM trains one tower, with the head on the masked share
        double alone = 3 * (ModelFlops.OfTower(config, 128) + ModelFlops.OfMaskedLMHead(config, 0.15)) * 128 * 128;
        PretrainingOptions masked = new RaceLimit(null, 1000.2 * perUpdate, null).Apply(recipe.AsMaskedLM(), config);
        Assert.Equal((long)Math.Round(1000.2 * perUpdate / alone), masked.TrainSteps);
        Assert.True(masked.TrainSteps > 1000);
    }

    [Fact]
    public void Phases_count_by_their_share_and_long_warm_ups_are_cut()
    {
        ElectraConfig config = ElectraConfig.Tiny;
        PretrainingOptions recipe = PretrainingOptions.Recipe("tiny") with
        {
            Phases = [new() { Share = 0.75, SequenceLength = 16 }, new() { Share = 0.25, SequenceLength = 64, BatchSize = 8 }],
        };
        // 0.75 x 32 x 16 + 0.25 x 8 x 64 = 512 positions an update
        PretrainingOptions limited = new RaceLimit(null, null, 512 * 600).Apply(recipe, config);
        Assert.Equal((600, 60), (limited.TrainSteps, limited.WarmupSteps));
        Assert.Equal(2_000, new RaceLimit(null, null, 512.0 * 6_000).Apply(recipe, config).WarmupSteps);
        PretrainingOptions timed = new RaceLimit(TimeSpan.FromMinutes(1), null, null).Apply(recipe, config);
        Assert.Equal((TimeSpan.FromMinutes(1), 2_000), (timed.Budget, timed.WarmupSteps));
    }
}

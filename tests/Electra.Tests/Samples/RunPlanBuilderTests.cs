using Electra.Configuration;
using Electra.Pretraining;
using Electra.Samples.Pretrain;
using Electra.Samples.Pretrain.Options;

namespace Electra.Tests.Samples;

public sealed class RunPlanBuilderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string corpus;

    public RunPlanBuilderTests() => corpus = folder.Write("text/a.txt", "Some text.\n");

    private PretrainArguments Arguments => new() { Corpus = [corpus], Output = folder.At("out") };

    [Theory]
    [InlineData("small", 128, 128, 1_000_000, 5e-4, 0.25, 0.15)]
    [InlineData("base", 512, 256, 766_000, 2e-4, 1.0 / 3, 0.15)]
    [InlineData("large", 512, 2048, 400_000, 2e-4, 0.25, 0.25)]
    public void Paper_models_bring_their_whole_recipe(
        string model, int length, int batch, int steps, double rate, double generator, double masked)
    {
        PretrainingOptions options = RunPlanBuilder.Build(Arguments with { Model = model }).ToOptions();
        Assert.Equal((length, batch), (options.Data.SequenceLength, options.Data.BatchSize));
        Assert.Equal((steps, 10_000, rate), (options.TrainSteps, options.WarmupSteps, options.LearningRate));
        Assert.Equal((generator, masked), (options.Model.GeneratorSize, options.Masking.MaskProbability));
        options.Validate();
    }

    [Fact]
    public void Nothing_typed_gives_the_default_job_and_options_override_it()
    {
        RunPlan plan = RunPlanBuilder.Build(Arguments);
        Recipe recipe = DefaultJob.Recipe;
        Assert.Equal((recipe.Steps, recipe.BatchSize, recipe.LearningRate), (plan.Steps, plan.BatchSize, plan.LearningRate));
        Assert.Equal(2, plan.Config.NumHiddenLayers);
        Assert.Equal(PositionInitialization.Sinusoidal, plan.ToOptions().Model.PositionInitialization);
        Assert.Equal(4, RunPlanBuilder.Build(Arguments with { Model = "tiny" }).Config.NumHiddenLayers);
        plan = RunPlanBuilder.Build(Arguments with
        {
            Steps = 20,
            BatchSize = 12,
            LearningRate = 1e-4,
            Schedule = "cosine",
            Objective = "mlm"
        });
        Assert.Equal((20, 12, 1e-4, 2), (plan.Steps, plan.BatchSize, plan.LearningRate, plan.WarmupSteps));
        Assert.Equal(0, plan.BatchSize % plan.MicroBatchSize);
        Assert.Equal(PretrainingObjective.MaskedLM, plan.ToOptions().Validate().Model.Objective);
    }

    [Fact]
    public void Every_recipe_of_the_library_is_offered() => Assert.Equal(PretrainingOptions.RecipeNames, Recipe.Names);

    [Fact]
    public void A_config_file_decides_the_network()
    {
        string path = folder.At("config.json");
        (ElectraConfig.Tiny with { VocabSize = 777, MaxPositionEmbeddings = 40 }).Save(path);
        RunPlan plan = RunPlanBuilder.Build(Arguments with { Model = path, SequenceLength = 40 });
        Assert.Equal(777, plan.VocabularySize);
        Assert.Contains("40 positions", Refused(Arguments with { Model = path, SequenceLength = 41 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Contradictions_and_wrong_numbers_say_what_to_do()
    {
        Assert.Contains("512 positions", Refused(Arguments with { SequenceLength = 513 }), StringComparison.Ordinal);
        Assert.Contains("choose one of 1, 2, 5, 10", Refused(Arguments with { BatchSize = 10, MicroBatchSize = 4 }),
            StringComparison.Ordinal);
        Assert.Contains("--warmup-steps 30", Refused(Arguments with { Steps = 20, WarmupSteps = 30 }), StringComparison.Ordinal);
        Assert.Contains("--steps is 0", Refused(Arguments with { Steps = 0 }), StringComparison.Ordinal);
        Assert.Contains("--learning-rate", Refused(Arguments with { LearningRate = double.NaN }), StringComparison.Ordinal);
        Assert.Contains("--generator-size", Refused(Arguments with { GeneratorSize = 1.5 }), StringComparison.Ordinal);
        Assert.Contains("--device", Refused(Arguments with { Device = "cuda:x" }), StringComparison.Ordinal);
        Assert.Contains("--model 'huge'", Refused(Arguments with { Model = "huge" }), StringComparison.Ordinal);
        Assert.Contains("--seed", Refused(Arguments with { Seed = -1 }), StringComparison.Ordinal);
        Assert.Contains("--vocab-size", Refused(Arguments with { VocabularySize = 3 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_and_unusable_files_say_what_to_do()
    {
        Assert.Contains("nowhere.txt", Refused(Arguments with { Corpus = [folder.At("nowhere.txt")] }), StringComparison.Ordinal);
        Assert.Contains("does not exist", Refused(Arguments with { Vocabulary = folder.At("vocab.txt") }), StringComparison.Ordinal);
        string withoutMask = folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nthe\n");
        Assert.Contains("[MASK]", Refused(Arguments with { Vocabulary = withoutMask }), StringComparison.Ordinal);
        Assert.Contains("exclude each other", Refused(Arguments with { Vocabulary = withoutMask, VocabularySize = 500 }),
            StringComparison.Ordinal);
        string badConfig = folder.Write("config.json", """{"hidden_size": 7, "num_attention_heads": 2}""");
        Assert.Contains("hidden_size", Refused(Arguments with { Model = badConfig }), StringComparison.Ordinal);
        Assert.Contains("is a file", Refused(Arguments with { Output = corpus }), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private string Refused(PretrainArguments arguments)
    {
        string message = Assert.Throws<UsageException>(() => RunPlanBuilder.Build(arguments)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.False(Directory.Exists(folder.At("out")), "a refused run must not write anything");
        return message;
    }
}

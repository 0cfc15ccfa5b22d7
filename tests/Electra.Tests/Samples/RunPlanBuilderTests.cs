using Electra.Configuration;
using Electra.Pretraining;
using Electra.Samples.Pretrain;
using Electra.Samples.Pretrain.Options;
using Electra.Tests.Support;
using Electra.Training;

namespace Electra.Tests.Samples;

public sealed class RunPlanBuilderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string corpus;

    public RunPlanBuilderTests() => corpus = folder.Write("text/a.txt", "Some text.\n");

    private PretrainArguments Arguments => new() { Corpus = [corpus], Output = folder.File("out") };

    [Fact]
    public void Nothing_typed_gives_the_default_job_and_options_override_it()
    {
        RunPlan plan = RunPlanBuilder.Build(Arguments);
        PretrainingOptions recipe = DefaultJob.Options;
        Assert.Equal((recipe.TrainSteps, recipe.Data.BatchSize, recipe.LearningRate), Numbers(plan));
        Assert.Equal(2, plan.Config.NumHiddenLayers);
        Assert.Equal(PositionInitialization.Neighbours, plan.Options.Model.PositionInitialization);
        Assert.Equal(4, RunPlanBuilder.Build(Arguments with { Model = "tiny" }).Config.NumHiddenLayers);
        plan = RunPlanBuilder.Build(Arguments with
        {
            Steps = 20,
            BatchSize = 12,
            LearningRate = 1e-4,
            Schedule = "cosine",
            Objective = "mlm"
        });
        Assert.Equal((20, 12, 1e-4), Numbers(plan));
        Assert.Equal((2, 12), (plan.Options.WarmupSteps, plan.Options.Data.MicroBatchSize));
        Assert.Equal(PretrainingObjective.MaskedLM, plan.Options.Validate().Model.Objective);

        static (long Steps, int Batch, double Rate) Numbers(RunPlan plan) =>
            (plan.Options.TrainSteps, plan.Options.Data.BatchSize, plan.Options.LearningRate);
    }

    [Fact]
    public void Objectives_generators_segments_and_a_file_of_options_are_taken_over()
    {
        string file = folder.Write("options.json", "{\"RateWidth\": 96, \"Masking\": {\"MaskProbability\": 0.25}, \"LearningRate\": 2e-3}");
        PretrainingOptions options = RunPlanBuilder.Build(Arguments with
        {
            OptionsFile = file,
            Objective = "replace-mlm",
            Generator = "unigram",
            SecondSegments = 0.25,
        }).Options;
        Assert.Equal((PretrainingObjective.ReplaceMaskedLM, GeneratorKind.Unigram), (options.Model.Objective, options.Model.Generator));
        Assert.Equal((0.25, 96, 0.25, 2e-3), (options.Data.SecondSegmentShare, options.RateWidth!.Value, options.Masking.MaskProbability, options.LearningRate));
        Assert.Equal(0.85, options.Masking.MaskTokenFraction); // what the file does not say stays
        Assert.Equal(1e-4, RunPlanBuilder.Build(Arguments with { OptionsFile = file, LearningRate = 1e-4 }).Options.LearningRate);
        foreach ((string name, PretrainingObjective objective) in RunPlanBuilder.Objectives)
            Assert.Equal(objective, RunPlanBuilder.Build(Arguments with { Objective = name }).Options.Model.Objective);
        Assert.Equal(GeneratorKind.Unigram, RunPlanBuilder.Build(Arguments with { Objective = "electric" }).Options.Model.Generator);
        Assert.Contains("needs noise", Assert.Throws<UsageException>(() => RunPlanBuilder.Build(Arguments with { Objective = "electric", Generator = "trained" })).Message, StringComparison.Ordinal);
        Assert.Equal(Enum.GetValues<PretrainingObjective>().Order(), RunPlanBuilder.Objectives.Values.Order());

        foreach (string wrong in new[] { "{\"RateWidht\": 96}", "{\"RateWidth\": 0}", "[1]", "{" })
        {
            UsageException error = Assert.Throws<UsageException>(
                () => RunPlanBuilder.Build(Arguments with { OptionsFile = folder.Write("wrong.json", wrong) }));
            Assert.Contains("wrong.json", error.Message, StringComparison.Ordinal);
        }

        Assert.Throws<UsageException>(() => RunPlanBuilder.Build(Arguments with { OptionsFile = folder.File("none.json") }));
    }

    [Fact]
    public void A_file_of_options_goes_before_the_samples_own_and_behind_what_is_typed()
    {
        string file = folder.Write("options.json", """
            {"Budget": "00:10:00", "Phases": [{"SequenceLength": 16, "Share": 0.5}, {"SequenceLength": 24, "Share": 0.5}], "BatchRamp": {"InitialBatchSize": 16, "Share": 0.1}, "Precision": "Float32", "Seed": 7,
            "WarmupSteps": 1500, "EvaluationExamples": 99, "AlarmPatience": 33, "Masking": {"Unit": "WholeWord"}, "Model": {"Seed": 8}, "Data": {"Seed": 9, "HeldOutFraction": 0.2, "MicroBatchSize": 16}}
            """);
        PretrainingOptions options = RunPlanBuilder.Build(Arguments with { OptionsFile = file }).Options;
        Assert.Equal((TimeSpan.FromMinutes(10), TrainingPrecision.Float32, 1500L, 99, 33L), (options.Budget, options.Precision, options.WarmupSteps, options.EvaluationExamples, options.AlarmPatience));
        Assert.Equal((7L, 8L, 9L, 0.2), (options.Seed, options.Model.Seed, options.Data.Seed, options.Data.HeldOutFraction));
        Assert.Equal([16, 24], options.Phases.Select(phase => phase.SequenceLength));
        Assert.Equal(16, options.BatchRamp!.InitialBatchSize);
        options = RunPlanBuilder.Build(Arguments with { OptionsFile = file, Objective = "mlm", Seed = 3, Precision = "auto", Steps = 50, Phases = "20:1", WarmupSteps = 4 }).Options;
        Assert.Equal((null, TrainingPrecision.Auto, 4L, 3L, 3L, 3L), (options.Budget, options.Precision, options.WarmupSteps, options.Seed, options.Model.Seed, options.Data.Seed));
        Assert.Equal((MaskingUnit.WholeWord, 0.8), (options.Masking.Unit, options.Masking.MaskTokenFraction));
        Assert.Equal(20, Assert.Single(options.Phases).SequenceLength);
        options = RunPlanBuilder.Build(Arguments).Options;
        Assert.Equal((DefaultJob.Seed, DefaultJob.Seed, DefaultJob.EvaluationExamples), (options.Seed, options.Data.Seed, options.EvaluationExamples));
    }

    [Theory]
    [InlineData("small", null, 32, 128)] // 128 x 128 tokens are one pass
    [InlineData("base", null, 32, 32)]
    [InlineData("small", "128:0.9,512:0.1", 32, 128)]
    public void A_gpu_takes_larger_micro_batches_unless_told(string model, string? phases, int onCpu, int onGpu)
    {
        PretrainArguments arguments = Arguments with { Model = model, Phases = phases };
        Assert.Equal(onCpu, RunPlanBuilder.Build(arguments).Options.Data.MicroBatchSize);
        RunPlan plan = RunPlanBuilder.Build(arguments, onGpu: true);
        Assert.Equal(onGpu, plan.Options.Data.MicroBatchSize);
        Assert.All(plan.Options.Phases, phase => Assert.InRange(phase.MicroBatchSize!.Value * phase.SequenceLength, 1, 16_384));
        Assert.Equal(8, RunPlanBuilder.Build(arguments with { MicroBatchSize = 8 }, onGpu: true).Options.Data.MicroBatchSize);
    }

    [Fact]
    public void Every_recipe_of_the_library_is_offered_with_its_network_and_nothing_of_it_changed()
    {
        foreach (string name in PretrainingOptions.RecipeNames)
        {
            RunPlan plan = RunPlanBuilder.Build(Arguments with { Model = name });
            PretrainingOptions recipe = PretrainingOptions.Recipe(name), own = plan.Options;
            Assert.Equal(ElectraConfig.Preset(name), plan.Config);
            Assert.Equal(recipe, own with
            {
                Model = own.Model with { Seed = recipe.Model.Seed },
                Data = own.Data with { MicroBatchSize = null, Seed = recipe.Data.Seed },
                Seed = recipe.Seed,
                OutputFolder = recipe.OutputFolder,
                EvaluationExamples = recipe.EvaluationExamples,
                AlarmPatience = recipe.AlarmPatience,
            });
        }
    }

    [Fact]
    public void A_config_file_decides_the_network()
    {
        string path = folder.File("config.json");
        (ElectraConfig.Tiny with { VocabSize = 777, MaxPositionEmbeddings = 40 }).Save(path);
        RunPlan plan = RunPlanBuilder.Build(Arguments with { Model = path, SequenceLength = 40 });
        Assert.Equal(777, plan.Learning.VocabSize);
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
        Assert.Contains("--held-out is 0;", Refused(Arguments with { HeldOutShare = 0 }), StringComparison.Ordinal);
        Assert.Contains("is in a folder for the output of this run", Refused(Arguments with { Corpus = [folder.File("text")], Output = folder.File("text") }),
            StringComparison.Ordinal);
        Assert.Contains("--seed", Refused(Arguments with { Seed = -1 }), StringComparison.Ordinal);
        Assert.Contains("--vocab-size", Refused(Arguments with { VocabSize = 3 }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("45m", 2700)]
    [InlineData("2h", 7200)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5h", 5400)]
    [InlineData("1d.5h", 88_200)]
    public void A_budget_is_a_time(string typed, int seconds)
    {
        PretrainingOptions options = RunPlanBuilder.Build(Arguments with { Budget = typed, WarmupSteps = 1_000_000 }).Options;
        Assert.Equal(TimeSpan.FromSeconds(seconds), options.Validate().Budget);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("0s")]
    [InlineData("-1h")]
    [InlineData("30m1h")]
    [InlineData("1e3h")]
    public void What_is_no_time_is_refused(string typed) =>
        Assert.Contains("--budget takes a time such as", Refused(Arguments with { Budget = typed }), StringComparison.Ordinal);

    [Fact]
    public void Phases_bring_their_batches_and_micro_batches_of_as_many_tokens()
    {
        RunPlan plan = RunPlanBuilder.Build(Arguments with
        {
            BatchSize = 32,
            Phases = "64:0.8,128x24:.15,512:5%",
            BatchRamp = "8:0.1",
            MicroBatchSize = 8,
        });
        Assert.Equal((512, 1), (plan.Options.Data.SequenceLength, plan.FinalMicroBatchSize));
        PretrainingOptions options = plan.Options.Validate();
        Assert.Equal([(64, 0.8, null, 8), (128, 0.15, 24, 4), (512, 0.05, (int?)null, (int?)1)],
            options.Phases.Select(phase => (phase.SequenceLength, phase.Share, phase.BatchSize, phase.MicroBatchSize)));
        Assert.Equal(new BatchRamp { InitialBatchSize = 8, Share = 0.1 }, options.BatchRamp);
        Assert.Equal(8, RunPlanBuilder.Build(Arguments with { BatchSize = 64, BatchRamp = "8:0.1" }).Options.Data.MicroBatchSize);
    }

    [Fact]
    public void Wrong_phases_and_ramps_say_what_to_do()
    {
        Assert.Contains("not '128'", Refused(Arguments with { Phases = "128" }), StringComparison.Ordinal);
        Assert.Contains("not '9999999999:1'", Refused(Arguments with { Phases = "9999999999:1" }), StringComparison.Ordinal);
        Assert.Contains("sum to 0.9", Refused(Arguments with { Phases = "64:0.5,128:0.4" }), StringComparison.Ordinal);
        Assert.Contains("the share 0 ", Refused(Arguments with { Phases = "64:1,128:0" }), StringComparison.Ordinal);
        Assert.Contains("length is 5", Refused(Arguments with { Phases = "5:1" }), StringComparison.Ordinal);
        Assert.Contains("a batch is 0", Refused(Arguments with { Phases = "64x0:1" }), StringComparison.Ordinal);
        Assert.Contains("--phases: length 513", Refused(Arguments with { Phases = "513:0.5,64:0.5" }), StringComparison.Ordinal);
        Assert.Contains("--sequence-length", Refused(Arguments with { Phases = "64:1", SequenceLength = 64 }), StringComparison.Ordinal);
        Assert.Contains("--steps", Refused(Arguments with { Budget = "1h", Steps = 5 }), StringComparison.Ordinal);
        Assert.Contains("batch:share", Refused(Arguments with { BatchRamp = "8" }), StringComparison.Ordinal);
        Assert.Contains("no multiple", Refused(Arguments with { BatchRamp = "6:0.1", MicroBatchSize = 4 }), StringComparison.Ordinal);
        Assert.Contains("no multiple", Refused(Arguments with { BatchRamp = "0:0.1" }), StringComparison.Ordinal);
        Assert.Contains("the batch (64)", Refused(Arguments with { BatchRamp = "128:0.1" }), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_and_unusable_files_say_what_to_do()
    {
        Assert.Contains("nowhere.txt", Refused(Arguments with { Corpus = [folder.File("nowhere.txt")] }), StringComparison.Ordinal);
        Assert.Contains("does not exist", Refused(Arguments with { Vocabulary = folder.File("vocab.txt") }), StringComparison.Ordinal);
        string withoutMask = folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nthe\n");
        Assert.Contains("[MASK]", Refused(Arguments with { Vocabulary = withoutMask }), StringComparison.Ordinal);
        Assert.Contains("exclude each other", Refused(Arguments with { Vocabulary = withoutMask, VocabSize = 500 }),
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
        Assert.False(Directory.Exists(folder.File("out")), "a refused run must not write anything");
        return message;
    }
}

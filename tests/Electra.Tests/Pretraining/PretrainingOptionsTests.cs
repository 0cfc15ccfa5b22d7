using System.Text.Json.Nodes;
using Electra.Configuration;
using Electra.Data;
using Electra.Optimization;
using Electra.Pretraining;
using Electra.Training;

namespace Electra.Tests.Pretraining;

public class PretrainingOptionsTests
{
    [Fact]
    public void Every_default_is_what_the_documentation_says()
    {
        // Read as JSON, so that a new option makes this test fail until its default is written down here.
        const string expected = """
            {
              "Model": {
                "GeneratorSize": 0.25, "EmbeddingSharing": "All", "Objective": "Electra", "GeneratorLossWeight": 1,
                "DiscriminatorLossWeight": 50, "SamplingTemperature": 1, "SampleNeverOriginal": false, "Generator": "Trained", "UniformShare": 0, "Dropout": true, "PositionInitialization": "Normal", "Seed": 0
              },
              "Masking": { "MaskProbability": 0.15, "MaskProbabilityChange": null, "MaskTokenFraction": 0.85, "RandomTokenFraction": 0, "GoogleCompatible": false, "Unit": "Token", "MeanSpanWords": 3 },
              "Data": {
                "SequenceLength": 128, "BatchSize": 128, "MicroBatchSize": null, "Seed": 0, "HeldOutFraction": 0.005,
                "HeldOutDocuments": null, "Packer": "Contiguous", "JoinDocuments": true, "SecondSegmentShare": 0
              },
              "RateWidth": null, "Muon": null, "LocalSgd": null, "AverageDecay": 0, "EvaluationExamples": 2048, "AlarmPatience": 5000,
              "Optimizer": { "Flavor": "Standard", "Beta1": 0.9, "Beta2": 0.999, "Epsilon": 1E-06, "MaxGradientNorm": 1 },
              "WeightDecay": 0.01, "LearningRate": 0.0005, "Schedule": "Linear", "DecayFraction": 0.1, "WarmupSteps": 10000,
              "TrainSteps": 1000000, "Budget": null, "Phases": [], "BatchRamp": null, "Precision": "Auto", "DataParallel": { "OverlapCommunication": true, "BucketBytes": 4194304, "Compression": "None" },
              "Seed": 0, "OutputFolder": "output", "Resume": true, "LogEvery": 100,
              "EvaluateEvery": 10000, "SaveEvery": 5000, "KeepCheckpoints": 3, "SaveInBackground": true,
              "MaxSkippedSteps": 5, "MaxRollbacks": 0, "RollbackLearningRateFactor": 0.5, "LossSpikeThreshold": null, "RollBackOnLossSpike": false
            }
            """;
        Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), JsonNode.Parse(new PretrainingOptions().ToJson())!.ToJsonString());
    }

    [Fact]
    public void Recipes_carry_the_papers_numbers()
    {
        Assert.Equal(new PretrainingOptions(), PretrainingOptions.Recipe("small"));
        PretrainingOptions @base = PretrainingOptions.Recipe("Base"), large = PretrainingOptions.Recipe("large");
        Assert.Equal((1.0 / 3, 0.15, 512, 256, 766_000, 2e-4), Numbers(@base));
        Assert.Equal((0.25, 0.25, 512, 2048, 400_000, 2e-4), Numbers(large));
        foreach (string name in PretrainingOptions.RecipeNames) PretrainingOptions.Recipe(name).Validate();
        Assert.Equal(ElectraConfig.PresetNames, PretrainingOptions.RecipeNames);
        string message = Assert.Throws<ArgumentException>(() => PretrainingOptions.Recipe("huge")).Message;
        Assert.Contains("tiny, mini, small, base, large", message);
    }

    [Fact]
    public void Models_for_machines_without_a_gpu_have_shorter_recipes_of_this_project()
    {
        PretrainingOptions tiny = new()
        {
            Model = new PretrainingModelOptions { PositionInitialization = PositionInitialization.Neighbours, UniformShare = 0.1 },
            Data = new DataOptions { SequenceLength = 64, BatchSize = 32 },
            TrainSteps = 50_000,
            WarmupSteps = 2_000,
            Schedule = LearningRateScheduleKind.WarmupStableDecay,
            DecayFraction = 0.001,
            AverageDecay = 0.999,
            Masking = new MaskingOptions { MaskProbabilityChange = new LinearChange { Final = 0.3 } },
            LogEvery = 50,
            EvaluateEvery = 2_000,
            SaveEvery = 2_000,
        };
        Assert.Equal(tiny, PretrainingOptions.Recipe("tiny"));
        PretrainingOptions mini = tiny with
        {
            Model = tiny.Model with { EmbeddingSharing = EmbeddingSharing.GradientDisentangled, Dropout = false },
            Data = tiny.Data with { SequenceLength = 128, SecondSegmentShare = 0.5 },
            RateWidth = 256,
        };
        Assert.Equal(mini, PretrainingOptions.Recipe("mini"));
    }

    [Fact]
    public void Every_bad_field_is_named_once()
    {
        var bad = new PretrainingOptions
        {
            Model = new PretrainingModelOptions
            {
                GeneratorSize = 0,
                EmbeddingSharing = (EmbeddingSharing)9,
                SamplingTemperature = double.NaN,
                DiscriminatorLossWeight = -1,
            },
            Masking = new MaskingOptions { MaskProbability = 1.5, RandomTokenFraction = -1 },
            Data = new DataOptions { BatchSize = 10, MicroBatchSize = 3 },
            Optimizer = new AdamWOptions { Beta2 = 1, Epsilon = 0 },
            WeightDecay = -1,
            LearningRate = 0,
            TrainSteps = 10,
            OutputFolder = " ",
            LogEvery = 0,
            SaveEvery = -1,
            EvaluateEvery = -1,
            KeepCheckpoints = 0,
        };
        string message = Assert.Throws<ArgumentException>(bad.Validate).Message;
        string[] fields =
        [
            "GeneratorSize", "EmbeddingSharing", "SamplingTemperature", "DiscriminatorLossWeight", "MaskProbability", "RandomTokenFraction",
            "MicroBatchSize", "Beta2", "Epsilon", "WeightDecay", "LearningRate", "WarmupSteps", "OutputFolder", "LogEvery", "SaveEvery",
            "EvaluateEvery", "KeepCheckpoints",
        ];
        foreach (string field in fields)
            Assert.Equal(2, message.Split($"{field} ").Length);
    }

    [Fact]
    public void Every_bad_phase_and_a_bad_ramp_are_named()
    {
        var bad = new PretrainingOptions
        {
            Data = new DataOptions { BatchSize = 8, MicroBatchSize = 4 },
            Budget = TimeSpan.Zero,
            WarmupSteps = -1,
            Phases =
            [
                new TrainingPhase { Share = 0.5, SequenceLength = 4, BatchSize = 6 },
                new TrainingPhase { Share = 0, SequenceLength = 32, BatchSize = 0, MicroBatchSize = 1 },
                new TrainingPhase { Share = double.NaN, SequenceLength = 32, MicroBatchSize = 3 },
            ],
            BatchRamp = new BatchRamp { InitialBatchSize = 6, Share = 2 },
        };
        string message = Assert.Throws<ArgumentException>(bad.Validate).Message;
        string[] fields =
        [
            "Budget", "WarmupSteps", "Phases[0].SequenceLength", "Phases[0].MicroBatchSize", "Phases[1].Share", "Phases[1].BatchSize",
            "Phases[2].Share", "Phases[2].MicroBatchSize", "Phases", "BatchRamp.Share", "BatchRamp.InitialBatchSize",
        ];
        foreach (string field in fields) Assert.Equal(2, message.Split($"{field} must").Length);

        // A ramp must suit the phases that begin within it, and only those.
        PretrainingOptions good = Phased with { BatchRamp = new BatchRamp { InitialBatchSize = 8, Share = 0.5 } };
        good.Validate();
        Assert.Contains("the batch (4)", Assert.Throws<ArgumentException>(
            (good with { BatchRamp = good.BatchRamp! with { Share = 1 } }).Validate).Message);
        Assert.Contains("sum to 1", Assert.Throws<ArgumentException>(
            (good with { Phases = [good.Phases[0]] }).Validate).Message);
        (good with { Budget = TimeSpan.FromHours(1), WarmupSteps = long.MaxValue }).Validate(); // nobody knows yet how many updates
    }

    [Fact]
    public void Phases_ramp_and_budget_survive_json_and_are_compared()
    {
        PretrainingOptions options = Phased with
        {
            BatchRamp = new BatchRamp { InitialBatchSize = 8, Share = 0.25 },
            Budget = TimeSpan.FromMinutes(90),
        };
        PretrainingOptions read = PretrainingOptions.Parse(options.ToJson(), "test");
        Assert.Equal(options, read);
        Assert.Equal(options.GetHashCode(), read.GetHashCode());
        Assert.NotEqual(options, read with { Phases = [.. read.Phases.Reverse()] });
        Assert.Throws<InvalidDataException>(() => PretrainingOptions.Parse("""{ "Phases": [{ "Share": 1 }] }""", "my.json"));
        Assert.Throws<InvalidDataException>(() => PretrainingOptions.Parse("""{ "Phases": [null] }""", "my.json"));
        Assert.Throws<InvalidDataException>(
            () => PretrainingOptions.Parse("""{ "BatchRamp": { "InitialBatchSize": 1, "Share": 1, "Steps": 3 } }""", "my.json"));

        PretrainingOptions other = options with { Phases = [options.Phases[0] with { SequenceLength = 64 }, options.Phases[1]] };
        Assert.Equal("Phases[0].SequenceLength is 64 now, but was 128", Assert.Single(other.DifferencesFrom(options)));
        Assert.StartsWith("Budget is absent now", Assert.Single((options with { Budget = null }).DifferencesFrom(options)));
        Assert.StartsWith("Phases is [] now", Assert.Single((options with { Phases = [] }).DifferencesFrom(options)));
        Assert.StartsWith("BatchRamp is absent now", Assert.Single((options with { BatchRamp = null }).DifferencesFrom(options)));
    }

    [Fact]
    public void A_micro_batch_may_change_unless_a_ramp_grows_by_it()
    {
        PretrainingOptions saved = Phased, now = Phased with
        {
            Data = Phased.Data with { MicroBatchSize = 4 },
            Phases = [Phased.Phases[0] with { MicroBatchSize = 2 }, Phased.Phases[1] with { MicroBatchSize = 2 }],
        };
        Assert.Empty(now.DifferencesFrom(saved));
        var ramp = new BatchRamp { InitialBatchSize = 8, Share = 0.25 };
        Assert.Equal(3, (now with { BatchRamp = ramp }).DifferencesFrom(saved with { BatchRamp = ramp }).Count);
    }

    [Fact]
    public void Options_survive_json_and_unknown_keys_do_not()
    {
        PretrainingOptions options = PretrainingOptions.Recipe("large").AsMaskedLM() with
        {
            Schedule = LearningRateScheduleKind.WarmupStableDecay,
            OutputFolder = "somewhere",
        };
        Assert.Equal(options, PretrainingOptions.Parse(options.ToJson(), "test"));
        string message = Assert.Throws<InvalidDataException>(() => PretrainingOptions.Parse("""{ "LearningRat": 1 }""", "my.json")).Message;
        Assert.Contains("my.json", message);
        Assert.Contains("LearningRat", message);
        Assert.Throws<InvalidDataException>(() => PretrainingOptions.Parse("""{ "Model": { "Size": 1 } }""", "my.json"));
        Assert.Throws<InvalidDataException>(() => PretrainingOptions.Parse("""{ "Schedule": 1 }""", "my.json"));
        Assert.Throws<InvalidDataException>(() => PretrainingOptions.Parse("[", "my.json"));
        Assert.Throws<ArgumentException>(() => PretrainingOptions.Parse("""{ "TrainSteps": 0 }""", "my.json"));
    }

    [Fact]
    public void Options_that_there_were_once_are_read_where_they_were_not_used()
    {
        const string unused = """{ "LearningRate": 1e-3, "Model": { "GeneratorSize": 0.5, "InitializerWidth": null, "DiscriminatorLossWeightChange": null } }""";
        PretrainingOptions expected = new() { LearningRate = 1e-3, Model = new PretrainingModelOptions { GeneratorSize = 0.5 } };
        Assert.Equal(expected, PretrainingOptions.Parse(unused, "my.json"));
        string used = unused.Replace("\"InitializerWidth\": null", "\"InitializerWidth\": 128", StringComparison.Ordinal);
        Assert.Contains("InitializerWidth", Assert.Throws<InvalidDataException>(() => PretrainingOptions.Parse(used, "my.json")).Message);
        Assert.Throws<InvalidDataException>(() => PretrainingOptions.Parse("""{ "InitializerWidth": """, "my.json"));
    }

    [Fact]
    public void Only_what_changes_the_result_keeps_a_run_from_resuming()
    {
        var saved = new PretrainingOptions();
        PretrainingOptions moved = saved with { LogEvery = 7, OutputFolder = "moved", Data = saved.Data with { MicroBatchSize = 64 } };
        Assert.Empty(moved.DifferencesFrom(saved));
        string difference = Assert.Single((saved with { Model = saved.Model with { GeneratorSize = 0.5 } }).DifferencesFrom(saved));
        Assert.Equal("Model.GeneratorSize is 0.5 now, but was 0.25", difference);
    }

    [Fact]
    public void A_masked_LM_masks_as_bert_does_at_the_same_rate()
    {
        PretrainingOptions options = PretrainingOptions.Recipe("large").AsMaskedLM();
        Assert.Equal(PretrainingObjective.MaskedLM, options.Model.Objective);
        Assert.Equal(MaskingOptions.Bert with { MaskProbability = 0.25 }, options.Masking);
    }

    private static PretrainingOptions Phased => new()
    {
        Data = new DataOptions { BatchSize = 32, MicroBatchSize = 8 },
        Phases =
        [
            new TrainingPhase { Share = 0.5, SequenceLength = 128 },
            new TrainingPhase { Share = 0.5, SequenceLength = 512, BatchSize = 4, MicroBatchSize = 4 },
        ],
    };

    private static (double, double, int, int, long, double) Numbers(PretrainingOptions options) => (
        options.Model.GeneratorSize, options.Masking.MaskProbability, options.Data.SequenceLength, options.Data.BatchSize,
        options.TrainSteps, options.LearningRate);
}

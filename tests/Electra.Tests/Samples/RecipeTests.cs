using Electra.Configuration;
using Electra.Data;
using Electra.Optimization;
using Electra.Pretraining;
using Electra.Samples.Pretrain.Options;
using Electra.Tests.Support;
using Electra.Training;

namespace Electra.Tests.Samples;

/// <summary>What the program trains with when no more than a model is named, number by number: figures in the documents rest on it.</summary>
public sealed class RecipeTests : IDisposable
{
    private const string Nothing = "";
    private readonly TemporaryFolder folder = new();
    private readonly string corpus;

    public RecipeTests() => corpus = folder.Write("text/a.txt", "Some text.\n");

    [Theory]
    [InlineData(Nothing, false)]
    [InlineData(Nothing, true)]
    [InlineData("tiny", false)]
    [InlineData("tiny", true)]
    [InlineData("mini", false)]
    [InlineData("mini", true)]
    [InlineData("small", false)]
    [InlineData("small", true)]
    [InlineData("base", false)]
    [InlineData("base", true)]
    [InlineData("large", false)]
    [InlineData("large", true)]
    public void A_model_alone_gives_just_these_options_and_this_network(string model, bool onGpu)
    {
        RunPlan plan = Plan(model, onGpu);
        Assert.Equal(Options(model, onGpu), plan.Options);
        Assert.Equal(Config(model), plan.Config);
        Assert.Equal(plan.Config.VocabSize, plan.Learning.VocabSize);
        Assert.Equal(model == Nothing ? "tiny, cut to 2 layers" : model, plan.Model);
    }

    [Fact]
    public void A_masked_lm_differs_in_objective_and_corruption_alone()
    {
        RunPlan plan = RunPlanBuilder.Build(new PretrainArguments { Corpus = [corpus], Output = "runs/mlm", Objective = "mlm" });
        Assert.Equal((Options(Nothing, onGpu: false) with { OutputFolder = "runs/mlm" }).AsMaskedLM(), plan.Options);
    }

    public void Dispose() => folder.Dispose();

    private RunPlan Plan(string model, bool onGpu) => RunPlanBuilder.Build(
        new PretrainArguments { Corpus = [corpus], Model = model == Nothing ? null : model, Output = "runs/pinned" }, onGpu);

    private static ElectraConfig Config(string model) => model switch
    {
        Nothing => Network(4_000, 2, 128, 2, 128, 0.05),
        "tiny" => Network(4_000, 4, 128, 2, 128, 0.05),
        "mini" => Network(8_000, 4, 256, 4, 128, 0.05),
        "small" => Network(30_522, 12, 256, 4, 128, 0.02),
        "base" => Network(30_522, 12, 768, 12, 768, 0.02),
        _ => Network(30_522, 24, 1024, 16, 1024, 0.02),
    };

    private static ElectraConfig Network(int vocabulary, int layers, int hidden, int heads, int embedding, double initial) => new()
    {
        VocabSize = vocabulary,
        NumHiddenLayers = layers,
        HiddenSize = hidden,
        NumAttentionHeads = heads,
        IntermediateSize = 4 * hidden,
        EmbeddingSize = embedding,
        InitializerRange = initial,
    };

    private static PretrainingOptions Options(string model, bool onGpu) => model switch
    {
        Nothing => Run(32, 64, micro: 64, 8_000, warmup: 300, 1e-3, every: (50, 1_000, 2_000), patience: 2_666, withoutGpu: true),
        "tiny" => Run(64, 32, micro: 32, 50_000, warmup: 2_000, 5e-4, every: (50, 2_000, 2_000), patience: 16_666, withoutGpu: true),
        "mini" => Mini,
        "small" => Run(128, 128, onGpu ? 128 : 32, 1_000_000, warmup: 10_000, 5e-4, every: (100, 10_000, 5_000), patience: 333_333),
        "base" => Run(512, 256, micro: 32, 766_000, warmup: 10_000, 2e-4, every: (100, 10_000, 5_000), patience: 255_333, generator: 1.0 / 3),
        _ => Run(512, 2048, micro: 32, 400_000, warmup: 10_000, 2e-4, every: (100, 10_000, 5_000), patience: 133_333, masked: 0.25),
    };

    private static PretrainingOptions Mini
    {
        get
        {
            PretrainingOptions run = Run(
                128, 32, micro: 32, 50_000, warmup: 2_000, 5e-4, every: (50, 2_000, 2_000), patience: 16_666, withoutGpu: true);
            return run with
            {
                Model = run.Model with { EmbeddingSharing = EmbeddingSharing.GradientDisentangled, Dropout = false },
                Data = run.Data with { SecondSegmentShare = 0.5 },
                RateWidth = 256,
            };
        }
    }

    private static PretrainingOptions Run(
        int length, int batch, int micro, long steps, long warmup, double rate, (long Log, long Evaluate, long Save) every, long patience,
        double generator = 0.25, double masked = 0.15, bool withoutGpu = false) => new()
        {
            Model = new PretrainingModelOptions
            {
                GeneratorSize = generator,
                PositionInitialization = withoutGpu ? PositionInitialization.Neighbours : PositionInitialization.Normal,
                UniformShare = withoutGpu ? 0.1 : 0,
                Seed = 1,
            },
            Masking = new MaskingOptions { MaskProbability = masked, MaskProbabilityChange = withoutGpu ? new LinearChange { Final = 0.3 } : null },
            Data = new DataOptions { SequenceLength = length, BatchSize = batch, MicroBatchSize = micro, Seed = 1, HeldOutFraction = 0.005 },
            TrainSteps = steps,
            WarmupSteps = warmup,
            Schedule = withoutGpu ? LearningRateScheduleKind.WarmupStableDecay : LearningRateScheduleKind.Linear,
            DecayFraction = withoutGpu ? 0.001 : 0.1,
            AverageDecay = withoutGpu ? 0.999 : 0,
            LearningRate = rate,
            Seed = 1,
            OutputFolder = "runs/pinned",
            LogEvery = every.Log,
            EvaluateEvery = every.Evaluate,
            EvaluationExamples = 512,
            SaveEvery = every.Save,
            AlarmPatience = patience,
        };
}

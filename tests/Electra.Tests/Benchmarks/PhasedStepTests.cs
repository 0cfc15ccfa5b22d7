using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Measurements.Step;
using Electra.Benchmarks.Workloads;
using Electra.Configuration;
using Electra.Data;
using Electra.Pretraining;
using static TorchSharp.torch;
using TemporaryFolder = Electra.Tests.Support.TemporaryFolder;

namespace Electra.Tests.Benchmarks;

public class PhasedStepTests
{
    private const int Steps = 3;

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public void The_step_that_is_timed_in_phases_is_the_trainers_step(string fused)
    {
        using var folder = new TemporaryFolder();
        var config = new ElectraConfig { VocabSize = 90, EmbeddingSize = 16, HiddenSize = 64, NumHiddenLayers = 2, IntermediateSize = 32 };
        config.Save(folder.File("config.json"));
        BenchmarkSettings settings = SettingsBuilder.Build(new BenchmarkArguments
        {
            Model = folder.File("config.json"),
            Precision = "fp32",
            BatchSize = 4,
            MicroBatchSize = 2,
            SequenceLength = 16,
            Fused = fused,
        });
        SyntheticShards.WriteFullExamples(folder.File("shards"), config.VocabSize, 10, settings.SequenceLength);
        using PretrainingDataset data = PretrainingDataset.Open(folder.File("shards"), settings.Options.Data);

        float[] expected = Train(settings, model =>
        {
            using var trainer = new PretrainingTrainer(model, data, settings.Options with { OutputFolder = folder.File("run") });
            for (int i = 0; i < Steps; i++) trainer.Step();
            return Weights(model);
        });
        float[] actual = Train(settings, model =>
        {
            using var step = new PhasedStep(settings, model, data, new PhaseClock(CPU));
            for (int i = 0; i < Steps; i++) step.Run();
            return Weights(model);
        });
        Assert.Equal(expected, actual);
        Assert.NotEqual(expected, Train(settings, Weights));
    }

    private static float[] Train(BenchmarkSettings settings, Func<ElectraPretrainingModel, float[]> train)
    {
        using ElectraPretrainingModel model = BenchmarkModel.Create(settings);
        return train(model);
    }

    private static float[] Weights(ElectraPretrainingModel model)
    {
        using var scope = NewDisposeScope();
        return [.. model.NamedParameters().SelectMany(p => p.Parameter.detach().contiguous().view(-1).data<float>().ToArray())];
    }
}

using Electra.Pretraining;
using Electra.Tests.Support;
using Electra.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

public class PretrainingPrecisionTests
{
    [Fact]
    public void Bfloat16_trains_float32_parameters_to_nearly_the_same_loss()
    {
        double Loss(TrainingPrecision precision, ScalarType expected)
        {
            using var folder = new TemporaryFolder();
            var recorder = new PretrainingRecorder();
            PretrainingOptions options = PretrainingRun.Options(folder, steps: 4) with { Precision = precision };
            using var run = new PretrainingRun(folder, options, recorder);
            Assert.Equal(expected, run.Model.ComputeDtype);
            run.Trainer.Train();
            Assert.All(run.Model.NamedParameters(), p => Assert.Equal(ScalarType.Float32, p.Parameter.dtype));
            return recorder.Reports[^1].Loss;
        }

        double exact = Loss(TrainingPrecision.Float32, ScalarType.Float32);
        double coarse = Loss(TrainingPrecision.BFloat16, ScalarType.BFloat16);
        Assert.NotEqual(exact, coarse);
        Assert.Equal(exact, coarse, 0.02 * exact);
    }

    [Fact]
    public void Bfloat16_on_a_processor_without_products_of_it_is_warned_of_once()
    {
        string[] lines = ChildProgram.Run(TrainSlowly, "", ChildProgram.WithoutBFloat16);
        Assert.Equal(
            ["auto: Float32, 0 warnings", "fp32: Float32, 0 warnings", "bf16: BFloat16, 1 warnings"], lines[..3]);
        Assert.Contains("Use Float32 or Auto", lines[3], StringComparison.Ordinal);
    }

    private static void TrainSlowly(string argument)
    {
        var logger = new FakeLogger<PretrainingTrainer>();
        string[] Warned() => [.. logger.Collector.GetSnapshot().Where(record => record.Level == LogLevel.Warning).Select(record => record.Message)];
        (string, TrainingPrecision)[] all =
            [("auto", TrainingPrecision.Auto), ("fp32", TrainingPrecision.Float32), ("bf16", TrainingPrecision.BFloat16)];
        foreach ((string name, TrainingPrecision precision) in all)
        {
            using var folder = new TemporaryFolder();
            PretrainingOptions options = PretrainingRun.Options(folder, steps: 2) with { Precision = precision };
            using var run = new PretrainingRun(folder, options, logger: logger);
            run.Trainer.Train();
            Console.WriteLine($"{name}: {run.Model.ComputeDtype}, {Warned().Length} warnings");
        }

        Console.WriteLine(Warned()[0]);
    }
}

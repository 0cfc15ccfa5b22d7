using Electra.Pretraining;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

public class PretrainingPrecisionTests
{
    [Fact]
    public void Bfloat16_trains_float32_parameters_to_nearly_the_same_loss()
    {
        double Loss(PretrainingPrecision precision, ScalarType expected)
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

        double exact = Loss(PretrainingPrecision.Float32, ScalarType.Float32);
        double coarse = Loss(PretrainingPrecision.BFloat16, ScalarType.BFloat16);
        Assert.NotEqual(exact, coarse);
        Assert.Equal(exact, coarse, 0.02 * exact);
    }
}

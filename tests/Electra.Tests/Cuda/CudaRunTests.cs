using Electra.Pretraining;
using Electra.Tests.Pretraining;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Cuda;

public class CudaRunTests
{
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Held_out_text_is_judged_as_on_the_cpu(bool padding)
    {
        Device device = CudaDevice.Require();
        EvaluationReport First(Device where)
        {
            using var folder = new TemporaryFolder();
            var recorder = new PretrainingRecorder();
            using PretrainingRun run = Run(folder, where, steps: 1, padding, recorder);
            run.Trainer.Train();
            return Assert.Single(recorder.Evaluations).Report;
        }

        EvaluationReport expected = First(CPU), actual = First(device);
        Assert.Equal(expected.MaskedLM.Mask.Count, actual.MaskedLM.Mask.Count);
        Assert.Equal(expected.WordFrequencies, actual.WordFrequencies);
        Assert.Equal(expected.Tokens, actual.Tokens);
        Assert.Equal(expected.MaskedLM.Mask.Loss, actual.MaskedLM.Mask.Loss, 1e-3);
        Assert.Equal(expected.Detection!.DiscriminatorLoss, actual.Detection!.DiscriminatorLoss, 1e-2); // rounding may tip a sample
    }

    [SkippableFact]
    public void A_run_that_was_stopped_goes_on_where_it_was()
    {
        Device device = CudaDevice.Require();
        using TemporaryFolder whole = new(), parted = new();
        float[] expected, actual;
        using (PretrainingRun run = Run(whole, device, steps: 6, padding: true))
        {
            run.Trainer.Train();
            expected = run.Weights();
        }

        using (PretrainingRun run = Run(parted, device, steps: 6, padding: true))
        {
            for (int i = 0; i < 3; i++) run.Trainer.Step();
            run.Trainer.Save();
        }

        using (PretrainingRun run = Run(parted, device, steps: 6, padding: true))
        {
            Assert.Equal(3, run.Trainer.StepsDone);
            run.Trainer.Train();
            actual = run.Weights();
        }

        // Not bit for bit: sums on a GPU are in no fixed order, and Adam makes much of little where a gradient is near 0.
        Assert.Equal(0, expected.Zip(actual, (a, b) => Math.Abs(a - b)).Average(), 1e-5);
    }

    private static PretrainingRun Run(
        TemporaryFolder folder, Device device, long steps, bool padding, IPretrainingObserver? observer = null)
    {
        PretrainingOptions options = PretrainingRun.Options(folder, steps, microBatch: 4);
        options = options with { Data = options.Data with { JoinDocuments = !padding } };
        return new PretrainingRun(folder, options, observer, dropout: 0, device: device);
    }
}

using Electra.Data;
using Electra.Native;
using Electra.Pretraining;
using Electra.Tests.Pretraining;
using Electra.Tests.Support;
using Electra.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Cuda;

public class CudaStepTests
{
    [SkippableTheory]
    [InlineData(TrainingPrecision.BFloat16, false, false)]
    [InlineData(TrainingPrecision.BFloat16, true, false)]
    [InlineData(TrainingPrecision.BFloat16, true, true)]
    [InlineData(TrainingPrecision.Float32, true, false)]
    public void A_step_never_waits_for_the_gpu(TrainingPrecision precision, bool padding, bool recompute)
    {
        Device device = CudaDevice.Require();
        using var folder = new TemporaryFolder();
        using PretrainingRun run = Run(folder, device, precision, padding);
        (run.Model.Generator.Electra.RecomputeActivations, run.Model.Discriminator.Electra.RecomputeActivations) = (recompute, recompute);
        run.Trainer.Step(); // loads libraries and locks memory, which may wait
        using (new SynchronizationWatch(device))
            for (int i = 0; i < 3; i++) run.Trainer.Step();
        run.Trainer.Save(); // reads the losses: throws unless all are finite
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Attention_is_one_kernel_with_and_without_padding(bool padding)
    {
        Device device = CudaDevice.RequireFlash();
        using var folder = new TemporaryFolder();
        using PretrainingRun run = Run(folder, device, TrainingPrecision.BFloat16, padding);
        string[] attention = [.. OperatorTrace.Of(run.Trainer.Step).Where(name => name.Contains("aten::_", StringComparison.Ordinal)
            && name.Contains("attention", StringComparison.Ordinal)).Distinct()];
        bool AllOf(string kind) => attention.Length > 0 && attention.All(name => name.Contains(kind, StringComparison.Ordinal));
        Assert.True(AllOf("flash_attention") || (!padding && AllOf("cudnn_attention")), string.Join(", ", attention)); // Hopper has cuDNN's
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_on_the_gpu_goes_as_on_the_cpu(bool padding)
    {
        Device device = CudaDevice.Require();
        StepReport First(Device where)
        {
            using var folder = new TemporaryFolder();
            var recorder = new PretrainingRecorder();
            using PretrainingRun run = Run(folder, where, TrainingPrecision.Float32, padding, recorder, dropout: 0);
            run.Trainer.Train();
            return recorder.Reports[0];
        }

        StepReport expected = First(CPU), actual = First(device);
        Assert.Equal(expected.TrainedMaskedLMLoss, actual.TrainedMaskedLMLoss, 1e-3);
        Assert.Equal(expected.Detection!.DiscriminatorLoss, actual.Detection!.DiscriminatorLoss, 1e-2); // rounding may tip a sample
        Assert.Equal(1, actual.GradientNorm / expected.GradientNorm, 0.05);
    }

    [SkippableFact]
    public void Batches_for_a_gpu_are_page_locked_and_the_same()
    {
        CudaDevice.RequireGpu();
        using var folder = new TemporaryFolder();
        SyntheticCorpus.Write(folder.FullPath);
        using PretrainingDataset data = PretrainingDataset.Open(folder.FullPath, new DataOptions { SequenceLength = 24, JoinDocuments = false });
        using var loader = new PrefetchingBatchLoader(data.Training, default, 8, pinned: true);
        DataPosition position = default;
        for (int i = 0; i < 5; i++)
        {
            using TokenBatch batch = loader.Next(), expected = data.ReadBatch(position, 8);
            Assert.True(batch.InputIds.is_pinned() && batch.AttentionMask?.is_pinned() != false);
            Assert.Equal(expected.InputIds.data<long>().ToArray(), batch.InputIds.data<long>().ToArray());
            position = batch.Next;
        }
    }

    [SkippableFact]
    public void The_draws_of_a_step_are_those_of_the_cpu()
    {
        Device device = CudaDevice.Require();
        using StepRandomness onCpu = StepRandomness.Draw(7, 4, 24, CPU), onGpu = StepRandomness.Draw(7, 4, 24, device);
        using DisposeScope scope = NewDisposeScope();
        CudaDevice.IsClose(onCpu.Selection, onGpu.Selection, 0);
        CudaDevice.IsClose(onCpu.Sampling, onGpu.Sampling, 0);
    }

    [SkippableFact]
    public void A_tuned_process_multiplies_float32_in_tf32()
    {
        Device device = CudaDevice.RequireGpu();
        using DisposeScope scope = NewDisposeScope();
        Tensor x = full([1024, 1024], 1 + 1e-4f, device: device); // TF32 cannot tell it from 1
        Assert.NotEqual(1024, mm(x, x)[0, 0].item<float>());
        try
        {
            NativeBackend.TuneProcess(get_num_threads());
            Assert.Equal(1024, mm(x, x)[0, 0].item<float>());
        }
        finally
        {
            backends.cuda.matmul.allow_tf32 = false;
        }
    }

    private static PretrainingRun Run(
        TemporaryFolder folder,
        Device device,
        TrainingPrecision precision,
        bool padding,
        IPretrainingObserver? observer = null,
        double dropout = 0.1)
    {
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 2, microBatch: 4) with { Precision = precision, LogEvery = 1 };
        options = options with { Data = options.Data with { JoinDocuments = !padding } };
        return new PretrainingRun(folder, options, observer, dropout, device: device);
    }
}

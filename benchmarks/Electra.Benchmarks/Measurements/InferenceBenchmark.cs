using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Results;
using Electra.Benchmarks.Timing;
using Electra.Benchmarks.Yardstick;
using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Measurements;

/// <summary>Times the discriminator's forward pass without gradients and dropout.</summary>
internal static class InferenceBenchmark
{
    /// <summary>Runs it.</summary>
    public static BenchmarkResult Run(BenchmarkSettings settings)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = new ElectraForPreTraining(settings.Config, settings.Device);
        (model.Electra.ComputeDtype, model.Electra.UseFusedKernels) = (settings.Dtype, settings.Fused);
        model.eval();
        long[] shape = [settings.MicroBatchSize, settings.SequenceLength];
        Tensor inputIds = randint(0, settings.Config.VocabSize, shape, ScalarType.Int64, settings.Device);
        long tokens = inputIds.numel();
        long before = GC.GetAllocatedBytesForCurrentThread();
        using var yardstick = new YardstickBeside(settings.Dtype, settings.Device);
        Distribution seconds = Repeat.Runs(
            settings.Warmup, settings.Steps, settings.Device, () => model.forward(inputIds).Dispose(),
            elapsed => yardstick.Add(tokens * settings.Flops.Discriminator, elapsed));
        double allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)(settings.Warmup + settings.Steps);
        List<Figure> figures =
        [
            Figure.Of("tokens_per_second", seconds.RateOf(tokens), "tokens/s", isDecisive: true),
            Figure.Of("forward_time", seconds.Times(1e3), "ms"),
            new("managed_bytes_a_pass", allocated, "bytes"),
        ];
        return new BenchmarkResult(
            "inference", "ElectraForPreTraining.forward in evaluation mode on random ids, no padding", [new("throughput", figures), yardstick.Figures])
        {
            FlopsPerSecond = tokens / seconds.Median * settings.Flops.Discriminator,
        };
    }
}

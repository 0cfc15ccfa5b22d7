using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Machine;
using Electra.Benchmarks.Results;
using Electra.Benchmarks.Timing;
using Electra.Benchmarks.Workloads;
using Electra.Benchmarks.Yardstick;
using Electra.Data;
using Electra.Pretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Measurements.Step;

/// <summary>Times the trainer's own step as a whole, and then its phases.</summary>
internal static class StepBenchmark
{
    private const string Workload =
        "PretrainingTrainer.Step on token shards of synthetic ids (Zipf over the vocabulary, full sequences, no padding)";

    private const int BatchesInShards = 16;

    // A wait for the device after every step would cost a GPU its queue; steps are timed in groups there.
    private const int StepsTogetherOnGpu = 10;
    private const int FewestGroups = 5;
    private const int MostPhasedSteps = 50; // a long run watches memory; phases need no more than this

    /// <summary>Runs it.</summary>
    public static BenchmarkResult Run(BenchmarkSettings settings)
    {
        using var folder = new TemporaryFolder();
        SyntheticShards.WriteFullExamples(
            folder["shards"], settings.Config.VocabSize, BatchesInShards * settings.BatchSize, settings.SequenceLength);
        using PretrainingDataset data = PretrainingDataset.Open(folder["shards"], settings.Options.Data);
        long? gpuBefore = GpuMemory.UsedBytes(settings.Device);
        PeakMemory.Reset();
        using ElectraPretrainingModel model = BenchmarkModel.Create(settings);
        (Distribution seconds, FigureGroup[] besides) = WholeSteps(settings, model, data, folder["run"], gpuBefore);
        List<Figure> throughput =
        [
            Figure.Of("tokens_per_second", seconds.RateOf(settings.Tokens), "tokens/s", isDecisive: true),
            Figure.Of("step_time", seconds.Times(1e3), "ms"),
            new("tokens_per_step", settings.Tokens, "tokens"),
        ];
        return new BenchmarkResult(
            "step", Workload, [new("throughput", throughput), .. besides, .. Phases(settings, model, data, seconds)])
        {
            FlopsPerSecond = settings.Tokens / seconds.Median * settings.Flops.Training,
        };
    }

    private static (Distribution Seconds, FigureGroup[] Besides) WholeSteps(
        BenchmarkSettings settings, ElectraPretrainingModel model, PretrainingDataset data, string output, long? gpuBefore)
    {
        using var trainer = new PretrainingTrainer(model, data, settings.Options with { OutputFolder = output });
        int together = settings.Device.type == DeviceType.CUDA ? Math.Clamp(settings.Steps / FewestGroups, 1, StepsTogetherOnGpu) : 1;
        int groups = settings.Steps / together;
        using var yardstick = new YardstickBeside(settings.Dtype, settings.Device);
        for (int i = 0; i < settings.Warmup; i++) trainer.Step();
        Repeat.Wait(settings.Device);

        long tensors = Tensor.TotalCount, all = GC.GetTotalAllocatedBytes(precise: true), thread = GC.GetAllocatedBytesForCurrentThread();
        (int done, long halfWay) = (0, 0);
        Distribution seconds = Repeat.Runs(0, groups, settings.Device, () =>
        {
            for (int i = 0; i < together; i++) trainer.Step();
            if (++done == (groups + 1) / 2) halfWay = PeakMemory.ResidentBytes();
        }, elapsed => yardstick.Add(together * settings.Tokens * settings.Flops.Training, elapsed));
        double steps = groups * together;
        List<Figure> memory =
        [
            new("peak_resident_memory", PeakMemory.Bytes() / 1e6, "MB"),
            new("resident_memory_gained_in_the_second_half", (PeakMemory.ResidentBytes() - halfWay) / 1e6, "MB"),
            new("managed_bytes_a_step_on_the_step_thread", (GC.GetAllocatedBytesForCurrentThread() - thread) / steps, "bytes"),
            new("managed_bytes_a_step_on_all_threads", (GC.GetTotalAllocatedBytes(precise: true) - all) / steps, "bytes"),
            new("live_tensors", Tensor.TotalCount, ""),
            new("live_tensors_gained_a_step", (Tensor.TotalCount - tensors) / steps, ""),
        ];
        if (gpuBefore is long before && GpuMemory.UsedBytes(settings.Device) is long after)
            memory.Insert(1, new Figure("device_memory", (after - before) / 1e6, "MB"));
        return (seconds.Times(1.0 / together), [new FigureGroup("memory", memory), yardstick.Figures]);
    }

    private static IEnumerable<FigureGroup> Phases(
        BenchmarkSettings settings, ElectraPretrainingModel model, PretrainingDataset data, Distribution whole)
    {
        var clock = new PhaseClock(settings.Device);
        using var step = new PhasedStep(settings, model, data, clock);
        for (int i = 0; i < settings.Warmup; i++) step.Run();
        TimeSpan waited = step.WaitTime;
        int steps = Math.Min(settings.Steps, MostPhasedSteps);
        for (int i = 0; i < steps; i++)
        {
            step.Run();
            clock.Keep();
        }

        double total = clock.Total().Median, wait = (step.WaitTime - waited).TotalSeconds / steps;
        StepPhase[] phases = [.. Enum.GetValues<StepPhase>().Where(phase => phase != StepPhase.Sample || !settings.IsFusedOnCpu)];
        yield return new FigureGroup(
            "phases",
            [
                .. phases.Select(phase => Figure.Of(Name(phase, settings), clock.Of(phase).Times(1e3), "ms")),
                Figure.Of("all_phases", clock.Total().Times(1e3), "ms"),
            ]);
        yield return new FigureGroup(
            "share_of_the_step",
            [
                .. phases.Select(phase => new Figure(Name(phase, settings), 100 * clock.Of(phase).Median / total, "%")),
                new Figure("waiting_for_data", 100 * wait / whole.Median, "%"),
            ]);
    }

    private static string Name(StepPhase phase, BenchmarkSettings settings) => phase switch
    {
        StepPhase.Generator when settings.IsFusedOnCpu => "generator_forward_and_sample",
        StepPhase.Generator => "generator_forward",
        StepPhase.Discriminator => "discriminator_forward",
        StepPhase.Optimizer => "clip_and_optimizer",
        _ => phase.ToString().ToLowerInvariant(),
    };
}

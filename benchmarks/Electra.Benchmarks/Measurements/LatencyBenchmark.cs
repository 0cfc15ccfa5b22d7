using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Results;
using Electra.Benchmarks.Timing;
using Electra.Benchmarks.Yardstick;
using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Measurements;

/// <summary>Times one sentence at a time through a classifier, from ids to logits, without gradients and dropout.</summary>
internal static class LatencyBenchmark
{
    private const int SentencesARound = 25;
    private static readonly int[] Lengths = [16, 32, 128];

    /// <summary>Runs it.</summary>
    public static BenchmarkResult Run(BenchmarkSettings settings)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = new ElectraForSequenceClassification(settings.Config, settings.Device)
        {
            ComputeDtype = settings.Dtype,
            UseFusedKernels = settings.Fused,
            IsInferenceOnly = true,
        };
        model.eval();
        List<FigureGroup> groups = [];
        foreach (int tokens in Lengths.Where(length => length <= settings.Config.MaxPositionEmbeddings))
        {
            using var yardstick = new YardstickBeside(settings.Dtype, settings.Device);
            groups.Add(Measure(model, settings, tokens, yardstick));
            groups.Add(yardstick.Figures with { Name = $"utilisation_at_{tokens}_tokens_beside_each_round" });
        }

        return new BenchmarkResult(
            "latency",
            $"ElectraForSequenceClassification.forward in evaluation mode, one sentence of random ids a call whatever the batch, rounds of {SentencesARound}", groups);
    }

    private static FigureGroup Measure(
        ElectraForSequenceClassification model, BenchmarkSettings settings, int tokens, YardstickBeside yardstick)
    {
        using Tensor inputIds = randint(0, settings.Config.VocabSize, [1, tokens], ScalarType.Int64, settings.Device);
        using Tensor mask = ones([1, tokens], ScalarType.Int64, settings.Device);
        List<double> seconds = [];
        long allocated = 0;
        for (int round = -settings.Warmup; round < settings.Steps; round++)
        {
            Sentence(); // the yardstick's matrices have taken the caches
            long before = GC.GetAllocatedBytesForCurrentThread();
            double[] times = new double[SentencesARound];
            for (int i = 0; i < times.Length; i++) times[i] = Repeat.Once(settings.Device, Sentence);
            if (round < 0) continue;
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            seconds.AddRange(times);
            yardstick.Add(SentencesARound * tokens * ModelFlops.OfTower(settings.Config, tokens), times.Sum());
        }

        Distribution all = Distribution.Of(seconds);
        return new FigureGroup(
            $"one_sentence_of_{tokens}_tokens",
            [
                Figure.Of("latency", all.Times(1e3), "ms"),
                new("latency_p99", Distribution.Percentile(seconds, 0.99) * 1e3, "ms"),
                new("shortest", all.Minimum * 1e3, "ms"),
                new("managed_bytes_a_sentence", allocated / (double)seconds.Count, "bytes"),
            ]);

        void Sentence() => model.forward(inputIds, mask).Dispose();
    }
}

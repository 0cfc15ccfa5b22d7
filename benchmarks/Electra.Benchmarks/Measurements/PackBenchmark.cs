using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Results;
using Electra.Benchmarks.Timing;
using Electra.Benchmarks.Workloads;
using Electra.Data;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Measurements;

/// <summary>Times the reading of batches from token shards on one thread, with each packer.</summary>
internal static class PackBenchmark
{
    private const int CorpusTokens = 4_000_000;
    private const int BatchesTogether = 64; // one alone is too short to time

    /// <summary>Runs it.</summary>
    public static BenchmarkResult Run(BenchmarkSettings settings)
    {
        using var folder = new TemporaryFolder();
        SyntheticShards.WriteDocuments(folder.FullPath, settings.Config.VocabSize, CorpusTokens);
        return new BenchmarkResult(
            "pack", $"shuffled batches from shards of {CorpusTokens / 1_000_000} M synthetic ids in documents of 50 to 950, one thread",
            [.. Enum.GetValues<PackerKind>().Select(kind => Measure(folder.FullPath, kind, settings))]);
    }

    private static FigureGroup Measure(string folder, PackerKind kind, BenchmarkSettings settings)
    {
        using PretrainingDataset data = PretrainingDataset.Open(folder, settings.Options.Data with { Packer = kind });
        DataPosition position = default;
        Distribution seconds = Repeat.Runs(2, settings.Steps, CPU, () =>
        {
            for (int i = 0; i < BatchesTogether; i++)
            {
                using TokenBatch batch = data.ReadBatch(position, settings.BatchSize);
                position = batch.Next;
            }
        });
        return new FigureGroup(
            kind == PackerKind.Contiguous ? "contiguous" : "segment_pair",
            [
                Figure.Of("tokens_per_second", seconds.RateOf(BatchesTogether * settings.Tokens), "tokens/s", isDecisive: true),
                Figure.Of("batch_time", seconds.Times(1e3 / BatchesTogether), "ms"),
                new("kept_text", 100 * data.Training.Packing.KeptFraction, "%"),
                new("positions_filled_with_text", 100 * data.Training.Packing.FilledFraction, "%"),
            ]);
    }
}

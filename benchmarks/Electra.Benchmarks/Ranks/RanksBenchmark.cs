using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Timing;
using Electra.Benchmarks.Workloads;
using Electra.Data;
using Electra.Distributed;
using Electra.Pretraining;
using Electra.Training;

namespace Electra.Benchmarks.Ranks;

/// <summary>
/// Times updates that ranks share, beside the same share of each rank without the others: what is between them is communication that computing does not hide.
/// The ways take turns, so that all see the same machine.
/// </summary>
internal sealed class RanksBenchmark(BenchmarkSettings settings, IProcessGroup group, TextWriter output)
{
    private static readonly (string Name, DataParallelOptions Options)[] Ways =
    [
        ("summed beside the backward pass", new DataParallelOptions()),
        ("summed after it", new DataParallelOptions { OverlapCommunication = false }),
        ("summed beside it, in bfloat16", new DataParallelOptions { Compression = GradientCompression.BFloat16 }),
    ];

    /// <summary>Measures and tells on rank 0.</summary>
    public void Run()
    {
        using var folder = new TemporaryFolder();
        int share = settings.BatchSize / group.Size;
        if (share * group.Size != settings.BatchSize) throw new UsageException($"--batch-size {settings.BatchSize} is not a multiple of {group.Size} ranks.");
        Tell($"{settings.Model}: {group.Size} rank(s) of {settings.Threads} thread(s), batch {settings.BatchSize} x {settings.SequenceLength}, {share} each, {settings.Dtype}, "
            + $"{settings.Steps} updates after {settings.Warmup}, medians" + (group is MpiProcessGroup mpi ? $", by {mpi.Library}" : ""));
        double alone = Median(folder["alone"], share, new SingleProcessGroup(), new DataParallelOptions());
        Tell($"each rank's share, without the others: {alone * 1e3:0.0} ms");
        if (group.Size == 1) return;
        foreach ((string name, DataParallelOptions options) in Ways)
        {
            double together = Median(folder[name], settings.BatchSize, group, options);
            Tell($"{name}: {together * 1e3:0.0} ms, of which {(together - alone) * 1e3:0.0} ms wait for others; efficiency {100 * alone / together:0} %");
        }
    }

    private double Median(string folder, int batch, IProcessGroup ranks, DataParallelOptions how)
    {
        SyntheticShards.WriteFullExamples(Path.Combine(folder, "shards"), settings.Config.VocabSize, 4 * batch, settings.SequenceLength);
        PretrainingOptions options = settings.Options with
        {
            DataParallel = how,
            Data = settings.Options.Data with { BatchSize = batch },
            OutputFolder = Path.Combine(folder, "run"),
        };
        using PretrainingDataset data = PretrainingDataset.Open(Path.Combine(folder, "shards"), options.Data);
        using ElectraPretrainingModel model = BenchmarkModel.Create(settings);
        using var trainer = new PretrainingTrainer(model, data, options, group: ranks);
        group.Barrier();
        double own = Repeat.Runs(settings.Warmup, settings.Steps, settings.Device, trainer.Step).Median;
        // The slowest rank is what all wait for.
        var all = new double[group.Size];
        all[group.Rank] = own;
        group.AllReduceSum(all);
        return all.Max();
    }

    private void Tell(string line)
    {
        if (group.Rank == 0) output.WriteLine(line);
    }
}

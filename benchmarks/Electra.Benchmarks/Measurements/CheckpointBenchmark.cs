using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Results;
using Electra.Benchmarks.Timing;
using Electra.Benchmarks.Workloads;
using Electra.Checkpoints;
using Electra.Data;
using Electra.Modeling;
using Electra.Optimization;
using Electra.Pretraining;
using Electra.Training;
using Microsoft.Extensions.Logging.Abstractions;

namespace Electra.Benchmarks.Measurements;

/// <summary>Times the training checkpoint (weights, both moments, state) and the discriminator's Hugging Face folder, out and in.</summary>
internal static class CheckpointBenchmark
{
    /// <summary>Runs it.</summary>
    public static BenchmarkResult Run(BenchmarkSettings settings)
    {
        using var folder = new TemporaryFolder();
        using ElectraPretrainingModel model = BenchmarkModel.Create(settings);
        return new BenchmarkResult(
            "checkpoint", "saves are flushed to the disk of the temporary folder; loads come from the page cache",
            [OfRun(settings, model, folder), OfFolder(settings, model.Discriminator, folder)]);
    }

    private static FigureGroup OfRun(BenchmarkSettings settings, ElectraPretrainingModel model, TemporaryFolder folder)
    {
        SyntheticShards.WriteFullExamples(folder["shards"], settings.Config.VocabSize, settings.BatchSize, settings.SequenceLength);
        using PretrainingDataset data = PretrainingDataset.Open(folder["shards"], settings.Options.Data);
        ShardVocabulary words = data.Manifest.Vocabulary;
        PretrainingOptions options = settings.Options with { Model = model.Options, Data = data.Options };
        using var masker = new TokenMasker(options.Masking, settings.Config.VocabSize, words.MaskId, words.SpecialIds, model.Device);
        using var task = new PretrainingTask(
            new ElectraObjective(model, masker), data, options, new NoObserver(), NullLogger.Instance, model.CopiesParameters);
        using var optimizer = new FusedAdamW(task.Parameters, options.Optimizer);
        using var sums = new StepSums(model.Device);
        var state = new TrainingState(task, options, optimizer, sums.State);
        var store = new TrainingCheckpointStore(folder["checkpoints"], keepLast: 1);
        Distribution save = Repeat.Runs(1, settings.Steps, settings.Device, () =>
        {
            state.Step++;
            state.Save(store);
        });
        using var snapshot = new CheckpointSnapshot();
        Distribution copy = Repeat.Runs(1, settings.Steps, settings.Device, () => state.Snapshot(store, snapshot));
        Distribution load = Repeat.Runs(1, settings.Steps, settings.Device, () =>
        {
            using TrainingCheckpoint checkpoint = store.LoadLatest()!;
            state.Restore(checkpoint);
        });
        FigureGroup group = Group("training_checkpoint", save, load, folder["checkpoints"]);
        // what training waits for: all of a save, or the copy alone when that is written in the background
        return group with { Figures = [.. group.Figures, Figure.Of("copy_time", copy.Times(1e3), "ms"), new("copy_share_of_save", copy.Median / save.Median, "")] };
    }

    private static FigureGroup OfFolder(BenchmarkSettings settings, ElectraForPreTraining discriminator, TemporaryFolder folder)
    {
        string output = folder["discriminator"];
        Distribution save = Repeat.Runs(1, settings.Steps, settings.Device, () => discriminator.SavePretrained(output));
        Distribution load = Repeat.Runs(
            1, settings.Steps, settings.Device, () => ElectraForPreTraining.FromPretrained(output, settings.Device).Dispose());
        return Group("pretrained_folder", save, load, output);
    }

    // Disks are uneven by nature: no spread of a save makes a run worthless.
    private static FigureGroup Group(string name, Distribution save, Distribution load, string folder)
    {
        double bytes = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        return new FigureGroup(
            name,
            [
                new("size", bytes / 1e6, "MB"),
                Figure.Of("save_time", save.Times(1e3), "ms"),
                Figure.Of("save_rate", save.RateOf(bytes / 1e6), "MB/s"),
                Figure.Of("load_time", load.Times(1e3), "ms"),
                Figure.Of("load_rate", load.RateOf(bytes / 1e6), "MB/s"),
            ]);
    }

    private sealed class NoObserver : IPretrainingObserver;
}

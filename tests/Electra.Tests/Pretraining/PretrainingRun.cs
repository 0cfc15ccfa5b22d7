using Electra.Data;
using Electra.Distributed;
using Electra.Pretraining;
using Electra.Tests.Support;
using Electra.Training;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Electra.Tests.Pretraining;

/// <summary>A small model on the synthetic corpus, with its trainer.</summary>
internal sealed class PretrainingRun : IDisposable
{
    private readonly PretrainingDataset _data;

    /// <param name="folder">Where shards and output lie.</param>
    /// <param name="options">As Options below makes them.</param>
    /// <param name="observer">Passed to the trainer.</param>
    /// <param name="dropout">Of both networks.</param>
    /// <param name="scramble">Whether the fresh weights differ from those of other runs.</param>
    /// <param name="time">The trainer's clock; null for the system's.</param>
    /// <param name="device">Where; null for the CPU.</param>
    /// <param name="logger">Passed to the trainer.</param>
    /// <param name="prepare">Is given the model before the trainer is.</param>
    public PretrainingRun(
        TemporaryFolder folder,
        PretrainingOptions options,
        IPretrainingObserver? observer = null,
        double dropout = 0.1,
        bool scramble = false,
        TimeProvider? time = null,
        Device? device = null,
        ILogger<PretrainingTrainer>? logger = null,
        Action<ElectraPretrainingModel>? prepare = null)
        : this(folder.FullPath, options, observer, dropout, scramble, time, device, logger, prepare)
    {
    }

    public PretrainingRun(
        string folder,
        PretrainingOptions options,
        IPretrainingObserver? observer,
        double dropout = 0.1,
        bool scramble = false,
        TimeProvider? time = null,
        Device? device = null,
        ILogger<PretrainingTrainer>? logger = null,
        Action<ElectraPretrainingModel>? prepare = null,
        IProcessGroup? group = null)
    {
        string shards = Path.Combine(folder, "shards");
        if (!TokenShardManifest.Exists(shards)) SyntheticCorpus.Write(shards);
        _data = PretrainingDataset.Open(shards, options.Data);
        Model = new ElectraPretrainingModel(SyntheticCorpus.Config(dropout), options.Model, device);
        using (no_grad())
            if (scramble) foreach ((_, Tensor parameter) in Model.NamedParameters()) parameter.normal_();
        prepare?.Invoke(Model);
        try
        {
            Trainer = new PretrainingTrainer(Model, _data, options, observer, logger, time, group: group);
        }
        catch
        {
            Model.Dispose();
            _data.Dispose();
            throw;
        }
    }

    public ElectraPretrainingModel Model { get; }

    public PretrainingTrainer Trainer { get; }

    public float[] Weights()
    {
        using var scope = NewDisposeScope();
        return [.. Model.NamedParameters().SelectMany(p => p.Parameter.detach().cpu().contiguous().view(-1).data<float>().ToArray())];
    }

    public void Dispose()
    {
        Trainer.Dispose();
        Model.Dispose();
        _data.Dispose();
    }

    public static PretrainingOptions Options(TemporaryFolder folder, long steps, int? microBatch = null) =>
        Options(folder.FullPath, steps, microBatch);

    public static PretrainingOptions Options(string folder, long steps, int? microBatch = null) => new()
    {
        Data = new DataOptions { SequenceLength = 24, BatchSize = 8, MicroBatchSize = microBatch, HeldOutDocuments = 6, Seed = 3 },
        TrainSteps = steps,
        WarmupSteps = Math.Min(5, steps),
        LearningRate = 1e-3,
        Precision = TrainingPrecision.Float32,
        OutputFolder = Path.Combine(folder, "run"),
        EvaluateEvery = 0,
        SaveEvery = 0,
        Seed = 11,
    };
}

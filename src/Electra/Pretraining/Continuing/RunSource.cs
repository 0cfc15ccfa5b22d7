using System.Text.Json.Nodes;
using Electra.Configuration;
using Electra.Tokenization;
using Electra.Training;
using Microsoft.Extensions.Logging;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>The newest checkpoint of another run.</summary>
internal sealed class RunSource : PretrainingSource
{
    private const string Weights = "parameters.", Moments = "optimizer.";

    // Where the sample and the documents' programs leave a tokenizer.
    private static readonly string[] TokenizerFolders = ["", "discriminator", "language-model", "generator"];

    private readonly TrainingCheckpoint _checkpoint;
    private readonly PretrainingOptions _options;

    /// <param name="folder">The run's output folder.</param>
    public RunSource(string folder)
        : base(folder)
    {
        _checkpoint = Store(folder).LoadLatest()!;
        _options = PretrainingOptions.Parse(_checkpoint.Value<JsonObject>("options").ToJsonString(), _checkpoint.Folder);
        Config = ElectraConfig.Parse(_checkpoint.Value<JsonObject>("config").ToJsonString(), _checkpoint.Folder);
        GeneratorConfig = _checkpoint.Values.ContainsKey(PretrainingTask.GeneratorKey)
            ? ElectraConfig.Parse(_checkpoint.Value<JsonObject>(PretrainingTask.GeneratorKey).ToJsonString(), _checkpoint.Folder)
            : HasGenerator(_options.Model) ? Config.ToGenerator(_options.Model.GeneratorSize) : null;
    }

    public override PretrainingSourceKind Kind => PretrainingSourceKind.Run;

    public override ElectraConfig Config { get; }

    public override ElectraConfig? GeneratorConfig { get; }

    public override PretrainingOptions Options => _options;

    public override long? Step => _checkpoint.Step;

    public override ElectraTokenizer Tokenizer
    {
        get => TokenizerFolders.Select(folder => FolderPair.Tokenizer(Path.Combine(Name, folder), null)).FirstOrDefault(found => found is not null)
            ?? throw new FileNotFoundException($"The run in '{Name}' has left no tokenizer there (vocab.txt).", Name);
    }

    /// <summary>Whether a folder holds checkpoints of a run.</summary>
    public static bool IsRun(string folder) => Store(folder).Steps().Count > 0;

    public override PretrainingModelOptions Fit(PretrainingModelOptions options) => options with
    {
        PositionInitialization = PositionInitialization.Normal,
        GeneratorSize = _options.Model.GeneratorSize,
        EmbeddingSharing = _options.Model.EmbeddingSharing,
        Generator = _options.Model.Generator,
    };

    public override ElectraPretrainingModel Load(PretrainingModelOptions options, out PretrainingLoadReport report, Device? device = null)
    {
        var model = new ElectraPretrainingModel(Config, GeneratorConfig, options with { PositionInitialization = PositionInitialization.Normal }, device);
        try
        {
            List<string> fresh = [];
            foreach ((string name, Parameter parameter) in model.NamedParameters())
            {
                if (_checkpoint.Tensors.Entries.ContainsKey(Weights + name)) _checkpoint.Tensors.CopyInto(Weights + name, parameter);
                else fresh.Add(name);
            }

            if (fresh.Find(name => name.Contains(".electra.", StringComparison.Ordinal)) is { } encoder)
            {
                throw new InvalidDataException(
                    $"The run in '{Name}' ({_options.Model.Objective}, embeddings shared: {_options.Model.EmbeddingSharing}) has no '{encoder}', which {options.Objective} with {options.EmbeddingSharing} "
                    + "needs. Begin with the folder of its encoder instead.");
            }

            model.Loaded = new LoadedNetworks(Encoder: fresh.Count == 0, Generator: fresh.Count == 0 && model.HasGenerator);
            report = new PretrainingLoadReport { Fresh = fresh };
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    internal override bool Start(TrainingLoop loop, PretrainingOptions options, ILogger logger)
    {
        if (loop.IsUnderWay)
        {
            logger.LogInformation("The run has a checkpoint of its own and goes on from that, not from {Checkpoint}", _checkpoint.Folder);
            return false;
        }

        loop.StartAt(_checkpoint.Step, CopyMoments, CopyAverage);
        logger.LogInformation("Going on from step {Step} of {Checkpoint}, with its moments", _checkpoint.Step, _checkpoint.Folder);
        if (options.Optimizer != _options.Optimizer || options.Muon != _options.Muon)
            logger.LogWarning("The moments are those of another optimizer than this run's: its first updates differ from those that the former run would have made");
        return true;
    }

    private protected override void Dispose(bool disposing)
    {
        _checkpoint.Dispose();
        base.Dispose(disposing);
    }

    private static TrainingCheckpointStore Store(string folder) => new(Path.Combine(folder, "checkpoints"));

    // Of a run that kept none the average begins with the weights.
    private void CopyAverage(IReadOnlyList<(string Name, Tensor Tensor)> average)
    {
        if (!average.All(item => _checkpoint.Tensors.Entries.ContainsKey(item.Name))) return;
        foreach ((string name, Tensor tensor) in average) _checkpoint.Tensors.CopyInto(name, tensor);
    }

    private void CopyMoments(IReadOnlyList<(string Name, Tensor Tensor)> moments)
    {
        foreach ((string name, Tensor tensor) in moments)
        {
            if (!_checkpoint.Tensors.Entries.TryGetValue(Moments + name, out var entry) || !entry.Shape.SequenceEqual(tensor.shape))
            {
                throw new InvalidDataException(
                    $"'{_checkpoint.Folder}' has no moments '{name}' of the shape [{string.Join(", ", tensor.shape)}]: the networks have grown since, or were trained otherwise. Train with fresh ones.");
            }
        }

        foreach ((string name, Tensor tensor) in moments) _checkpoint.Tensors.CopyInto(Moments + name, tensor);
    }
}

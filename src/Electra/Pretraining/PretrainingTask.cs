using System.Text.Json.Nodes;
using Electra.Configuration;
using Electra.Data;
using Electra.Distributed;
using Electra.Modeling;
using Electra.Native;
using Electra.Optimization;
using Electra.Training;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>Pre-training as a loop's task: token shards in, corrupted and learned from as an objective says.</summary>
internal sealed class PretrainingTask : ITrainingTask
{
    private readonly IPretrainingObjective _objective;
    private readonly PretrainingDataset _data;
    private readonly PretrainingOptions _options;
    private readonly IPretrainingObserver _observer;
    private readonly ILogger _logger;
    private readonly IProcessGroup _group;
    private readonly ElectraConfig? _generator; // where it is not the one of the options' size
    private readonly LoadedNetworks? _loaded;
    private readonly TrainingAlarms _alarms;
    private readonly RunPosition _place = new();
    private readonly Lazy<RunBatches> _batches;
    private UnigramModel? _unigrams;
    private FirstFigures? _first;

    /// <summary>What a checkpoint calls the config of a generator that is not the one of the options' size.</summary>
    public const string GeneratorKey = "generator_config";

    /// <summary>Lays the parameters of the objective's networks out anew.</summary>
    /// <param name="objective">What is learned; the task disposes of it, without its networks.</param>
    /// <param name="data">The text, which stays the caller's.</param>
    /// <param name="options">How the run goes.</param>
    /// <param name="observer">Is told of progress.</param>
    /// <param name="logger">Is told of evaluations and alarms.</param>
    /// <param name="copies">Whether composed layers compute with copies of the parameters; null where that is faster.</param>
    /// <param name="group">The ranks that share each update; null for this process alone.</param>
    /// <param name="model">The networks, where they may have been loaded or have a generator of their own sizes.</param>
    public PretrainingTask(
        IPretrainingObjective objective, PretrainingDataset data, PretrainingOptions options, IPretrainingObserver observer, ILogger logger, bool? copies,
        IProcessGroup? group = null, ElectraPretrainingModel? model = null)
    {
        (_objective, _data, _options, _observer, _logger) = (objective, data, options, observer, logger);
        _group = group ?? new SingleProcessGroup();
        (_generator, _loaded) = (OwnGenerator(model), model?.Loaded);
        _alarms = new TrainingAlarms(options.AlarmPatience);
        _batches = new(() => new RunBatches(data, RunPhase.Of(options), _place, pinned: Device.type == DeviceType.CUDA)); // where a checkpoint says
        Networks.ComputeDtype = ComputeType.Resolve(options.Precision, Device, logger);
        WarnOfUnknownKeys();
        Parameters = Networks.Flatten(Rule(options));
        Copies = Networks.Copy(Parameters, copies);
        Average = options.AverageDecay > 0 ? new WeightAverage(Parameters, options.AverageDecay) : null;
        Networks.Train(options.Model.Dropout);
    }

    public Device Device => Networks.Device;

    public ScalarType ComputeDtype => Networks.ComputeDtype;

    public TrainedNetworks Networks => _objective.Networks;

    public FlatParameters Parameters { get; }

    public ParameterCopies? Copies { get; }

    public WeightAverage? Average { get; }

    public IEnumerable<(string Name, Tensor Tensor)> Sums => _objective.Sums;

    public bool HasHeldOutText => _batches.Value.HeldOut.ExampleCount > 0;

    /// <summary>The last evaluation of this task; null before the first.</summary>
    public EvaluationReport? LastEvaluation { get; set; }

    public ITrainingWork Next(StepPlan plan, long step)
    {
        RankShare share = RankShare.Of(plan, _group.Rank, _group.Size);
        TokenBatch batch = _batches.Value.Next(plan, share);
        Tensor inputIds = HostToDevice.Copy(batch.InputIds, Device); // (batch, seq)
        Tensor? attentionMask = batch.AttentionMask is null ? null : HostToDevice.Copy(batch.AttentionMask, Device);
        Tensor? tokenTypeIds = batch.TokenTypeIds is null ? null : HostToDevice.Copy(batch.TokenTypeIds, Device);
        long seed = RandomSeeds.Derive(_options.Seed, RandomSeeds.Purpose.Masking, step);
        using StepRandomness all = StepRandomness.Draw(seed, plan.BatchSize, inputIds.shape[1], Device, plan.Progress);
        using StepRandomness draws = all.Rows(share.FirstRow, share.Rows);
        MaskedBatch corrupted = _objective.Corrupt(inputIds, attentionMask, tokenTypeIds, draws);
        return new PretrainingWork(batch, corrupted, share, _group, step, Networks.CanPack ? Device : null, isLocal: _options.LocalSgd is not null);
    }

    // A scope of its own for the forward pass, closed before backward: everything the graph doesn't need is free by then.
    public Tensor Loss(ITrainingWork work, int part)
    {
        var text = (PretrainingWork)work;
        MaskedBatch rows = text.Part(part);
        Networks.RestartDropout(_options.Seed, text.Step, text.NumberOf(part));
        using var scope = NewDisposeScope();
        return _objective.Loss(rows, text.Counts).MoveToOuterDisposeScope();
    }

    public void Finish(ITrainingWork work)
    {
        _objective.Updated();
        _place.Position = ((PretrainingWork)work).Next;
    }

    public void Report(RunProgress progress, MetricsLog log)
    {
        StepPlan plan = progress.Plan;
        var report = new StepReport(
            progress.Step, progress.TrainSteps, progress.Progress, _batches.Value.Epoch, plan.SequenceLength, plan.BatchSize, plan.LearningRate,
            _objective.Read(progress.Updates), progress.GradientNorm, progress.TokensSeen, progress.TokensPerSecond, progress.Elapsed,
            progress.Remaining)
        {
            MaskProbability = _options.Masking.MaskProbabilityChange is null ? null : _options.Masking.MaskProbabilityAt(plan.Progress),
        };
        log.Write(progress.Step, "train", [.. report.Figures()]);
        _observer.OnProgress(report);
        foreach (TrainingAlarm alarm in _alarms.Watch(report).Concat(_first?.Watch(report, progress.Updates) ?? []))
        {
            _logger.LogWarning("Step {Step}: {Alarm}", alarm.Step, alarm.Message);
            _observer.OnAlarm(alarm);
        }
    }

    public Action<MetricsLog?> Evaluate(long step, CancellationToken cancellationToken)
    {
        RunPhase phase = RunPhase.Of(_options)[_place.Phase];
        ShardVocabulary words = _data.Manifest.Vocabulary;
        _unigrams ??= UnigramModel.Of(_data.Training.Corpus, _objective.Config.VocabSize, words.SpecialIds);
        EvaluationReport report = Evaluate(phase.MicroBatchSize, _unigrams, cancellationToken);
        if (Average is not null)
            using (Average.Use()) report = report with { Averaged = Evaluate(phase.MicroBatchSize, _unigrams, cancellationToken) };
        return log =>
        {
            log?.Write(step, "evaluation", [.. report.Figures(), ("sequence_length", phase.SequenceLength)]);
            _logger.LogInformation("Step {Step}: held-out {Report}", step, report);
            LastEvaluation = report;
            _observer.OnEvaluated(step, report);
        };
    }

    public void Started(long step, string? checkpoint)
    {
        if (checkpoint is null && _loaded is not null) _first ??= new FirstFigures(_loaded, _objective.Config.VocabSize);
        _observer.OnStarted(step, checkpoint);
    }

    public void Tell(TrainingEvent what) => _observer.OnEvent(what);

    public void Saved(long step, string checkpoint) => _observer.OnSaved(step, checkpoint);

    public JsonObject Describe()
    {
        JsonObject values = _place.ToJson();
        values["data"] = _data.Fingerprint;
        values["config"] = JsonNode.Parse(_objective.Config.ToJson());
        if (_generator is not null) values[GeneratorKey] = JsonNode.Parse(_generator.ToJson());
        values["options"] = JsonNode.Parse(_options.ToJson());
        return values;
    }

    public TrainingOptions OptionsOf(TrainingCheckpoint checkpoint) => Saved(checkpoint);

    public IEnumerable<string> DifferencesFrom(TrainingCheckpoint checkpoint)
    {
        List<string> differences = [.. _options.DifferencesFrom(Saved(checkpoint), checkpoint.Step)];
        ElectraConfig then = ElectraConfig.Parse(checkpoint.Value<JsonObject>("config").ToJsonString(), checkpoint.Folder);
        TrainingOptions.Compare("config", JsonNode.Parse(_objective.Config.ToJson()), JsonNode.Parse(then.ToJson()), differences);
        TrainingOptions.Compare(GeneratorKey, _generator is null ? null : JsonNode.Parse(_generator.ToJson()), checkpoint.Values[GeneratorKey], differences);
        if (_data.DifferenceFrom(checkpoint.Value<string>("data")) is string difference) differences.Add(difference);
        return differences;
    }

    public void Restore(TrainingCheckpoint checkpoint) => _place.Restore(checkpoint);

    public void GoBack(TrainingCheckpoint checkpoint)
    {
        // It is in the text alone, which goes on.
    }

    public void Dispose()
    {
        if (_batches.IsValueCreated) _batches.Value.Dispose();
        Copies?.Dispose();
        Average?.Dispose();
        Networks.Release();
        Parameters.Dispose();
        _objective.Dispose();
    }

    private EvaluationReport Evaluate(int batchSize, UnigramModel unigrams, CancellationToken cancellationToken) => HeldOutEvaluation.Evaluate(
        _objective, _batches.Value.HeldOut.ReadOnce(batchSize, _options.EvaluationExamples), unigrams, seed: 0, cancellationToken, _group);

    private Func<string, ParameterGroup> Rule(PretrainingOptions options)
    {
        Func<string, ParameterGroup> rule = options.RateWidth is int width
            ? ParameterGroups.WithRateByWidth(options.WeightDecay, width, Networks.WidthOf)
            : ParameterGroups.WithDecay(options.WeightDecay);
        return options.Muon is null ? rule : ParameterGroups.WithOrthogonalizedMatrices(rule);
    }

    private static ElectraConfig? OwnGenerator(ElectraPretrainingModel? model)
    {
        if (model is not { HasGenerator: true, Options.Objective: not PretrainingObjective.MaskedLM }) return null;
        ElectraConfig usual = model.Config.ToGenerator(model.Options.GeneratorSize);
        return usual.ToJson() == model.Generator.Config.ToJson() ? null : model.Generator.Config;
    }

    private void WarnOfUnknownKeys()
    {
        string keys = string.Join(", ", KernelConfiguration.UnknownKeys(_objective.Config));
        if (Device.type != DeviceType.CPU || keys.Length == 0) return;
        _logger.LogWarning(
            "The network's configuration has keys that this library knows nothing of ({Keys}), so its own CPU kernels stand back and libtorch's operators "
            + "compute all layers, several times slower. Take them out if they mean nothing to the network.", keys);
    }

    private static PretrainingOptions Saved(TrainingCheckpoint checkpoint) =>
        PretrainingOptions.Parse(checkpoint.Value<JsonObject>("options").ToJsonString(), checkpoint.Folder);
}

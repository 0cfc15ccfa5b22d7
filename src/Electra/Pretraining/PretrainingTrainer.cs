using Electra.Data;
using Electra.Modeling;
using Electra.Native;
using Electra.Optimization;
using Electra.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Trains an <see cref="ElectraPretrainingModel"/>. It goes on by itself from a checkpoint in its output folder; on a CPU the result is bit
/// for bit that of a run that was never stopped. On CUDA, sums in no fixed order and dropout by the device's own generator prevent that.
/// </summary>
public sealed partial class PretrainingTrainer : IDisposable
{
    private readonly ElectraPretrainingModel _model;
    private readonly PretrainingDataset _data;
    private readonly PretrainingOptions _options;
    private readonly IPretrainingObserver _observer;
    private readonly ILogger _logger;
    private readonly RunSchedule _run;
    private readonly RunLock? _lock;
    private readonly TokenMasker _masker;
    private readonly FlatParameters _parameters;
    private readonly FusedAdamW _optimizer;
    private readonly ParameterCopies? _copies;
    private readonly StepMetrics _metrics;
    private readonly PretrainingRunState _state;
    private readonly TrainingCheckpointStore _store;
    private readonly RunBatches _batches;
    private readonly MetricsLog _log;
    private readonly Throughput _throughput;
    private readonly TimeSpan _usedBefore;
    private readonly TrainingAlarms _alarms;
    private UnigramModel? _unigrams;
    private StepPlan _last;
    private string? _lastCheckpoint;
    private long _savedStep = -1, _savedEvaluation = -1, _reportedStep;

    /// <summary>Prepares a run, or takes up the one in the output folder.</summary>
    /// <param name="model">The networks, whose parameters are laid out anew; the caller disposes them, after the trainer.</param>
    /// <param name="data">
    /// The text; the caller disposes it, after the trainer. Its options count, not those in <paramref name="options"/>.
    /// </param>
    /// <param name="options">How the run goes; the model's own options count.</param>
    /// <param name="observer">Is told of progress.</param>
    /// <param name="logger">Is told of starts, saves, evaluations, alarms, and of what a resume found changed or damaged.</param>
    /// <param name="time">
    /// The clock, also that of <see cref="PretrainingOptions.Budget"/>, which runs from here on. <value>Default: the system's.</value>
    /// </param>
    /// <param name="folderLock">The output folder's lock, when the caller holds it already and keeps it. <value>Default: one is taken.</value></param>
    /// <exception cref="ArgumentException">
    /// An option is out of range, the data does not fit the model, or the output folder holds a run with other options.
    /// </exception>
    /// <exception cref="InvalidDataException">No checkpoint in the output folder is intact.</exception>
    /// <exception cref="RunInUseException">Another trainer is at work in the output folder.</exception>
    public PretrainingTrainer(
        ElectraPretrainingModel model,
        PretrainingDataset data,
        PretrainingOptions options,
        IPretrainingObserver? observer = null,
        ILogger<PretrainingTrainer>? logger = null,
        TimeProvider? time = null,
        RunLock? folderLock = null)
    {
        _throughput = new Throughput(time: time);
        _options = (options with { Model = model.Options, Data = data.Options }).Validate();
        int[] lengths = [.. _options.Phases.Select(phase => phase.SequenceLength)];
        data.RequireFits(model.Config.VocabSize, model.Config.MaxPositionEmbeddings, model.Config.TypeVocabSize, lengths);
        model.Config.RequireVocabulary(data.Manifest.Vocabulary.Size, data.Manifest.Vocabulary.PadId);
        (_model, _data, _observer) = (model, data, observer ?? new SilentObserver());
        _logger = logger ?? NullLogger<PretrainingTrainer>.Instance;
        _run = new RunSchedule(_options);
        _alarms = new TrainingAlarms(_options.AlarmPatience);
        string folder = _options.OutputFolder;
        if (folderLock is null) _lock = RunLock.Acquire(folder);
        else if (folderLock.Folder != Path.GetFullPath(folder))
            throw new ArgumentException($"The lock is of '{folderLock.Folder}', but the run goes to '{folder}'.", nameof(folderLock));
        try
        {
            ShardVocabulary words = data.Manifest.Vocabulary;
            _masker = new TokenMasker(_options.Masking, model.Config.VocabSize, words.MaskId, Special(words), model.Device);
            _parameters = model.Flatten(ParameterGroups.WithDecay(_options.WeightDecay));
            _optimizer = new FusedAdamW(_parameters, _options.Optimizer);
            _metrics = new StepMetrics(model.Device);
            _state = new PretrainingRunState(model, data, _options, _parameters, _optimizer, _metrics);
            _store = new TrainingCheckpointStore(Path.Combine(folder, "checkpoints"), _options.KeepCheckpoints, _logger);
            ScalarType dtype = ComputePrecision.Resolve(_options.Precision, model.Device, _logger);
            _copies = ParameterCopying.Start(model, _parameters, dtype);
            TakeUp(dtype);
            (_usedBefore, _reportedStep) = (_state.TimeUsed, StepsDone);
            string log = Path.Combine(folder, "metrics.jsonl");
            _log = _state.Step > 0 ? MetricsLog.Resume(log, _state.Step, time) : MetricsLog.Create(log, time);
            _batches = new RunBatches(data, _run.Phases, _state, pinned: model.Device.type == DeviceType.CUDA);
            model.ComputeDtype = dtype;
            model.Train();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The options of this run, the model's and the data's own included.</summary>
    public PretrainingOptions Options => _options;

    /// <summary>Updates made, those before a resume included.</summary>
    public long StepsDone => _state.Step;

    /// <summary>Time that the run has taken in all its parts, evaluation and saving included; without what is not in a checkpoint.</summary>
    public TimeSpan TimeUsed => _usedBefore + _throughput.WallClock;

    /// <summary>How far the run is, from 0 to 1: updates made of all updates, or time used of the budget.</summary>
    public double Progress => _run.Progress(StepsDone, TimeUsed);

    /// <summary>Whether all updates are made, or the budget is used up.</summary>
    public bool IsComplete => Progress >= 1;

    /// <summary>Number of trained values; what both networks share counts once.</summary>
    public long ParameterCount => _parameters.ParameterCount;

    /// <summary>Called after each update with the number of updates made, so that tests can stop there.</summary>
    internal Action<long>? StepMade { get; set; }

    /// <summary>
    /// Trains to the end, or until it is cancelled: then it saves and returns, and the next trainer goes on from there. An evaluation that is
    /// cut short is made anew by the next trainer.
    /// </summary>
    /// <exception cref="TrainingDivergedException">A loss or gradient became NaN or infinite.</exception>
    public TrainingOutcome Train(CancellationToken cancellationToken = default)
    {
        _observer.OnStarted(StepsDone, _lastCheckpoint);
        EvaluationReport? evaluation = null;
        if (StepsDone > 0 && IsDue(_options.EvaluateEvery) && !IsEvaluated) TryToEvaluate();
        while (!IsComplete && !cancellationToken.IsCancellationRequested)
        {
            Step();
            StepMade?.Invoke(StepsDone);
            bool last = IsComplete;
            if (last || StepsDone % _options.LogEvery == 0) Report();
            if (last || IsDue(_options.EvaluateEvery)) TryToEvaluate();
            if (IsDue(_options.SaveEvery) && !IsComplete) Save(CancellationToken.None);
        }

        bool completed = IsComplete; // a budget can also run out during an evaluation or a save
        if (completed && _reportedStep != StepsDone) Report();
        if (completed && (evaluation is null || !IsEvaluated)) TryToEvaluate();
        if (_savedStep != StepsDone || _savedEvaluation != _state.EvaluatedStep) Save(CancellationToken.None);
        return new TrainingOutcome(completed && IsEvaluated, StepsDone, _lastCheckpoint!, evaluation);

        void TryToEvaluate()
        {
            try
            {
                evaluation = Evaluate(cancellationToken) ?? evaluation;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The run is saved with the evaluation still due.
            }
        }
    }

    /// <summary>Makes one update from one global batch. It never waits for the device.</summary>
    public void Step()
    {
        using var scope = NewDisposeScope();
        StepPlan plan = _last = _run.At(StepsDone, TimeUsed);
        using TokenBatch batch = _batches.Next(plan);
        Device device = _model.Device;
        Tensor inputIds = HostToDevice.Copy(batch.InputIds, device);                   // (batch, seq)
        Tensor? attentionMask = batch.AttentionMask is null ? null : HostToDevice.Copy(batch.AttentionMask, device);
        Tensor? tokenTypeIds = batch.TokenTypeIds is null ? null : HostToDevice.Copy(batch.TokenTypeIds, device);
        using StepRandomness randomness = StepRandomness.Draw(
            RandomSeeds.Derive(_options.Seed, RandomSeeds.Purpose.Masking, StepsDone), inputIds.shape[0], inputIds.shape[1], device);
        LossCounts counts = LossCounts.Of(_masker, inputIds, attentionMask);

        _parameters.ZeroGradients();
        _copies?.Renew();
        int rows = plan.MicroBatchSize;
        for (int micro = 0; micro < plan.MicroBatches; micro++)
        {
            long start = (long)micro * rows;
            _model.RestartDropout(_options.Seed, StepsDone, micro);
            using Tensor loss = Forward(
                inputIds.narrow(0, start, rows), attentionMask?.narrow(0, start, rows), tokenTypeIds?.narrow(0, start, rows),
                randomness.Rows(start, rows), counts, Layout(batch, (int)start, rows));
            BackwardPass.Run(loss);
            _copies?.AddGradients();
        }

        Tensor norm = _parameters.GradientNorm();
        _optimizer.Step(plan.LearningRate, norm);
        _copies?.Expire();
        _metrics.EndStep(norm);
        _throughput.AddStep(batch.TokenCount, plan.Positions);
        _state.TokensSeen += batch.TokenCount;
        _state.Position = batch.Next;
        _state.Step++;
    }

    /// <summary>Frees what belongs to the run; the model and the data stay.</summary>
    public void Dispose()
    {
        // Some of it is not there when the constructor fails.
        _batches?.Dispose();
        _log?.Dispose();
        _metrics?.Dispose();
        _optimizer?.Dispose();
        if (_parameters is not null) _model.Release();
        _copies?.Dispose();
        _parameters?.Dispose();
        _masker?.Dispose();
        _lock?.Dispose();
    }

    // A scope of its own, closed before backward: everything the graph doesn't need is free by then.
    private Tensor Forward(
        Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, StepRandomness randomness, LossCounts counts, PaddingLayout? layout)
    {
        using var scope = NewDisposeScope();
        using StepRandomness draws = randomness;
        PretrainingOutput output = _model.forward(inputIds, attentionMask, tokenTypeIds, _masker, draws, counts, layout);
        _metrics.Add(output);
        return output.Loss.MoveToOuterDisposeScope();
    }

    // In the step's scope: attention needs it in the backward pass too.
    private PaddingLayout? Layout(TokenBatch batch, int start, int rows) => batch.Lengths is null || !_model.CanPack
        ? null
        : PaddingLayout.Of([.. batch.Lengths.Skip(start).Take(rows)], (int)batch.InputIds.shape[1], _model.Device);

    private static int[] Special(ShardVocabulary words) => [words.PadId, words.ClsId, words.SepId, words.MaskId];

    // Also when nothing is held out.
    private bool IsEvaluated => _state.EvaluatedStep == StepsDone;

    private bool IsDue(long every) => every > 0 && StepsDone % every == 0;

    private sealed class SilentObserver : IPretrainingObserver;
}

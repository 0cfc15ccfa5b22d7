using Electra.Distributed;
using Electra.Modeling;
using Electra.Optimization;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Electra.Training;

/// <summary>
/// Trains a task: update after update by the schedule, with reports, evaluations and checkpoints between them. It goes on by itself from a
/// checkpoint in its output folder. Where something is written, told or lost is here; what is learned, the task knows. Of several ranks each runs the
/// same loop, and only rank 0 writes and tells.
/// </summary>
internal sealed partial class TrainingLoop : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly ITrainingTask _task;
    private readonly ILogger _logger;
    private readonly RunSchedule _run;
    private readonly RankedRun _ranks;
    private readonly RunLock? _lock;
    private readonly FusedAdamW _optimizer;
    private readonly OuterOptimizer? _outer; // where ranks train by themselves
    private readonly GradientBuckets _gradients;
    private readonly StepSums _sums;
    private readonly TrainingState _state;
    private readonly TrainingCheckpointStore _store;
    private readonly TimeProvider? _time;
    private MetricsLog? _log; // rank 0's
    private readonly Throughput _throughput;
    private readonly TimeSpan _usedBefore;
    private StepPlan _last;
    private string? _lastCheckpoint;
    private long _savedStep = -1, _savedEvaluation = -1, _reportedStep;
    private long _figuresFrom; // updates made when rank 0's running figures began, which a checkpoint between two reports has

    /// <summary>Prepares a run, or takes up the one in the output folder.</summary>
    /// <param name="options">How the run goes; checked already.</param>
    /// <param name="task">Makes what is trained, once the folder is locked; the loop disposes of it.</param>
    /// <param name="logger">Is told of starts, saves, and of what a resume found changed or damaged.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="folderLock">The output folder's lock, when the caller holds it already and keeps it; null to take one.</param>
    /// <param name="group">The ranks; null for this process alone.</param>
    /// <exception cref="ArgumentException">The output folder holds a run with other options.</exception>
    /// <exception cref="InvalidDataException">No checkpoint in the output folder is intact.</exception>
    /// <exception cref="RunInUseException">Another loop is at work in the output folder.</exception>
    /// <exception cref="ProcessGroupException">A rank was lost, or was started for something else.</exception>
    public TrainingLoop(
        TrainingOptions options, Func<ITrainingTask> task, ILogger logger, TimeProvider? time, RunLock? folderLock, IProcessGroup? group = null)
    {
        (_throughput, _time) = (new Throughput(time: time), time);
        (_options, _logger, _run, _ranks) = (options, logger, new RunSchedule(options), new RankedRun(group ?? new SingleProcessGroup()));
        string folder = options.OutputFolder;
        if (folderLock is null) _lock = _ranks.Leads ? RunLock.Acquire(folder) : null;
        else if (folderLock.Folder != Path.GetFullPath(folder))
            throw new ArgumentException($"The lock is of '{folderLock.Folder}', but the run goes to '{folder}'.", nameof(folderLock));
        try
        {
            _task = task();
            _optimizer = new FusedAdamW(_task.Parameters, options.Optimizer, options.Matrices, _task.ComputeDtype);
            _outer = options.Local is { } local ? new OuterOptimizer(local, _task.Parameters, _optimizer, _ranks.Group) : null;
            _gradients = new GradientBuckets(_outer is null ? _ranks.Group : new SingleProcessGroup(), _task.Parameters, _task.Networks, options.DataParallel);
            _sums = new StepSums(_task.Device, _task.Sums.Select(sum => sum.Tensor));
            _state = new TrainingState(_task, options, _optimizer, _sums.State, _outer) { Ranks = _ranks.Group.Size };
            _store = new TrainingCheckpointStore(Path.Combine(folder, "checkpoints"), options.KeepCheckpoints, logger);
            TakeUp();
            _outer?.Begin();
            (_usedBefore, _reportedStep, _figuresFrom) = (_state.TimeUsed, StepsDone, StepsDone - _sums.ReadUpdates());
            _word = new RunWord(Stop: false, _usedBefore, _task.IsDone);
            if (!_ranks.Leads) return;
            _log = _state.Step > 0 ? MetricsLog.Resume(MetricsFile, _state.Step, time) : MetricsLog.Create(MetricsFile, time);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Updates made, those before a resume included.</summary>
    public long StepsDone => _state.Step;

    /// <summary>Time that the run has taken in all its parts, evaluation and saving included; without what is not in a checkpoint.</summary>
    public TimeSpan TimeUsed => _ranks.IsAlone ? OwnTimeUsed : _word.Used;

    /// <summary>How far the run is, from 0 to 1.</summary>
    public double Progress => _run.Progress(StepsDone, TimeUsed);

    /// <summary>Whether all updates are made, the budget is used up, or the task is done.</summary>
    public bool IsComplete => Progress >= 1 || (_ranks.IsAlone ? _task.IsDone : _word.IsDone);

    /// <summary>The newest checkpoint of the run; null before the first.</summary>
    public string? LastCheckpoint => _lastCheckpoint;

    /// <summary>How many pieces of the last update's gradients were handed over while its backward pass was under way.</summary>
    public int OverlappedSums => _gradients.Overlapped;

    /// <summary>Called after each update with the number of updates made, so that tests can stop there.</summary>
    public Action<long>? StepMade { get; set; }

    /// <summary>
    /// Trains to the end, or until it is cancelled: then it saves and returns, and the next loop goes on from there. An evaluation that is
    /// cut short is made anew by the next one.
    /// </summary>
    /// <returns>Whether the run is complete, its last evaluation included.</returns>
    /// <exception cref="TrainingDivergedException">
    /// Losses or gradients of <see cref="TrainingOptions.MaxSkippedSteps"/> updates in a row were NaN or infinite, and the run may not go back.
    /// </exception>
    public bool Train(CancellationToken cancellationToken)
    {
        bool isEvaluatedHere = false;
        if (_ranks.Leads) _task.Started(StepsDone, _lastCheckpoint);
        if (StepsDone > 0 && IsDue(_options.EvaluateEvery) && !IsEvaluated) TryToEvaluate();
        while (GoesOn(cancellationToken))
        {
            Step();
            StepMade?.Invoke(StepsDone);
            EndWriteIfOver();
            bool last = IsComplete, reports = last || IsDue(_options.LogEvery), evaluates = last || IsDue(_options.EvaluateEvery);
            if (!reports && !evaluates && !IsDue(_options.SaveEvery)) continue;
            _ranks.Meet();
            if (reports) Report();
            if (Recover()) continue;
            if (evaluates) TryToEvaluate();
            if (IsDue(_options.SaveEvery) && !_isWaiting && !IsComplete) SaveAndGoOn();
        }

        Recover(); // whoever was stopped leaves a run that can go on
        bool completed = IsComplete; // a budget can also run out during an evaluation or a save
        if (completed && _reportedStep != StepsDone) Report();
        if (completed && (!isEvaluatedHere || !IsEvaluated)) TryToEvaluate();
        if (IsUnsaved()) Save(CancellationToken.None);
        return completed && IsEvaluated;

        void TryToEvaluate()
        {
            try
            {
                isEvaluatedHere |= Evaluate(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested || !_ranks.IsAlone)
            {
                // The run is saved with the evaluation still due.
            }
        }
    }

    /// <summary>Makes one update. It never waits for the device.</summary>
    public void Step()
    {
        RequireTrainedWeights();
        if (!_isAgreed) Agree(stop: false);
        _isAgreed = false;
        using var scope = NewDisposeScope();
        StepPlan plan = _run.At(StepsDone, TimeUsed);
        _last = plan = plan with { LearningRate = plan.LearningRate * _state.Rollbacks.RateScale };
        using ITrainingWork work = _task.Next(plan, StepsDone + _state.Rollbacks.BatchesPassedOver);
        FlatParameters parameters = _task.Parameters;
        parameters.ZeroGradients();
        _sums.BeginStep();
        _task.Copies?.Renew();
        for (int part = 0; part < work.Parts; part++)
        {
            if (part == work.Parts - 1 && _task.Copies is null) _gradients.Begin();
            using Tensor loss = _task.Loss(work, part);
            _sums.AddLoss(loss);
            BackwardPass.Run(loss);
            _task.Copies?.AddGradients();
        }

        _sums.MarkGradients(_gradients.Last);
        _gradients.Complete();
        if (_outer is not null) _ranks.MakeOwn(parameters.Gradients);
        Tensor norm = parameters.GradientNorm();
        _optimizer.Step(plan.LearningRate, norm);
        _task.Copies?.Expire();
        _sums.EndStep(norm, _optimizer.Skipped);
        _throughput.AddStep(work.TokenCount, plan.Positions);
        _state.TokensSeen += work.TokenCount;
        _task.Finish(work);
        _task.Average?.Add(StepsDone, _optimizer.Skipped);
        _state.Step++;
        _outer?.Updated(StepsDone);
    }

    /// <summary>Evaluates held-out text now, if there is any. The first evaluation of a step is logged.</summary>
    /// <param name="cancellationToken">Stops between two batches; nothing is recorded then.</param>
    /// <returns>Whether there was any.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public bool Evaluate(CancellationToken cancellationToken)
    {
        RequireTrainedWeights();
        if (_ranks.IsAlone) cancellationToken.ThrowIfCancellationRequested();
        bool isThere = _task.HasHeldOutText;
        if (isThere && !IsSound()) throw Diverged();
        _outer?.BringTogether();
        EvaluateTogether(isThere, cancellationToken);
        return isThere;
    }

    /// <summary>Frees what belongs to the run.</summary>
    public void Dispose()
    {
        // Some of it is not there when the constructor fails.
        AbandonWrite();
        _log?.Dispose();
        _sums?.Dispose();
        _gradients?.Dispose();
        _outer?.Dispose();
        _optimizer?.Dispose();
        _task?.Dispose();
        _lock?.Dispose();
    }

    private void Report()
    {
        (_reportBefore, _reportedStep, _figuresFrom) = (_figuresFrom, StepsDone, StepsDone);
        PrepareTelling();
        StepFigures figures = _sums.Read();
        if (!_ranks.Leads) return;
        if (figures.Updates > 0) Report(figures);
        Watch(figures);
    }

    private void Report(StepFigures figures)
    {
        TimeSpan used = TimeUsed;
        TimeSpan? remaining = _options.Budget is TimeSpan budget
            ? TimeSpan.FromTicks(Math.Max(0, (budget - used).Ticks))
            : _throughput.RemainingPositions(_run.PositionsLeft(StepsDone));
        var progress = new RunProgress(
            StepsDone, _run.TotalUpdates(StepsDone, used, _throughput.PositionsPerSecond), _run.Progress(StepsDone, used), _last, figures.Updates, figures.GradientNorm,
            _state.TokensSeen, _throughput.TokensPerSecond, _throughput.Elapsed, remaining);
        _task.Report(progress, _log!);
    }

    private void RequireTrainedWeights()
    {
        if (_task.Average is { IsInUse: true })
            throw new InvalidOperationException("The average of the weights is in their place: dispose of what put it there before the run goes on.");
    }

    // Also when nothing is held out.
    private bool IsEvaluated => _state.EvaluatedStep == StepsDone;

    private bool IsDue(long every) => every > 0 && StepsDone % every == 0;
}

using Electra.Data;
using Electra.Training;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Electra.Pretraining;

public sealed partial class PretrainingTrainer
{
    /// <summary>
    /// Evaluates held-out text now, at the sequence length of the phase; null when no documents are held out. The first evaluation of a step
    /// is logged.
    /// </summary>
    /// <param name="cancellationToken">Stops between two batches; nothing is recorded then.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public EvaluationReport? Evaluate(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_batches.HeldOut.ExampleCount == 0)
        {
            _state.EvaluatedStep = StepsDone;
            return null;
        }

        if (!_metrics.AreFinite()) throw Diverged();
        using IDisposable pause = _throughput.Pause();
        RunPhase phase = _run.Phases[_state.Phase];
        _unigrams ??= UnigramModel.Of(_data.Training.Corpus, _model.Config.VocabSize, Special(_data.Manifest.Vocabulary));
        IEnumerable<TokenBatch> batches = _batches.HeldOut.ReadOnce(phase.MicroBatchSize, _options.EvaluationExamples);
        EvaluationReport report = new PretrainingEvaluator(_model, _masker, _unigrams).Evaluate(batches, cancellationToken);
        if (!IsEvaluated) _log.Write(StepsDone, "evaluation", [.. report.Figures(), ("sequence_length", phase.SequenceLength)]);
        _state.EvaluatedStep = StepsDone;
        _logger.LogInformation("Step {Step}: held-out {Report}", StepsDone, report);
        _observer.OnEvaluated(StepsDone, report);
        return report;
    }

    /// <summary>Saves a checkpoint now and gives its folder.</summary>
    /// <param name="cancellationToken">Gives the save up between two files; earlier checkpoints stay.</param>
    /// <exception cref="TrainingDivergedException">A loss or gradient is not finite; nothing is saved then.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public string Save(CancellationToken cancellationToken = default)
    {
        if (!_metrics.AreFinite()) throw Diverged();
        using IDisposable pause = _throughput.Pause();
        _log.Flush();
        _state.TimeUsed = TimeUsed;
        (_lastCheckpoint, _savedStep, _savedEvaluation) = (_state.Save(_store, cancellationToken), StepsDone, _state.EvaluatedStep);
        _logger.LogInformation("Step {Step}: saved {Checkpoint}", StepsDone, _lastCheckpoint);
        _observer.OnSaved(StepsDone, _lastCheckpoint);
        return _lastCheckpoint;
    }

    private void TakeUp(ScalarType dtype)
    {
        if (!_options.Resume)
        {
            if (_store.Steps() is not [long step, ..]) return;
            throw new ArgumentException(
                $"'{_options.OutputFolder}' holds a run at step {step}, and Resume is false: name another OutputFolder, or delete that one.");
        }

        using TrainingCheckpoint? checkpoint = _store.LoadLatest();
        if (checkpoint is null) return;
        PretrainingOptions? shorter = _state.Restore(checkpoint);
        (_lastCheckpoint, _savedStep, _savedEvaluation) = (checkpoint.Folder, StepsDone, _state.EvaluatedStep);
        if (shorter is not null) TellOfExtension(shorter);
        if (_state.OtherArithmetic(checkpoint, dtype) is string other)
        {
            _logger.LogWarning(
                "The run was made {Otherwise}: results will differ in rounding from those of a run that was never stopped.", other);
        }

        _logger.LogInformation("Going on from step {Step}, {Checkpoint}", StepsDone, _lastCheckpoint);
    }

    private void TellOfExtension(PretrainingOptions shorter)
    {
        double before = new RunSchedule(shorter).At(StepsDone, _state.TimeUsed).LearningRate;
        double now = _run.At(StepsDone, _state.TimeUsed).LearningRate;
        (string then, string longer) = _options.Budget is TimeSpan budget
            ? ($"{shorter.Budget}", $"{budget}")
            : ($"{shorter.TrainSteps:N0} steps", $"{_options.TrainSteps:N0}");
        _logger.LogWarning(
            "The run is extended from {Then} to {Longer}. From step {Step} on its rate, phases and batches are those of a run of the new "
            + "length: the {Schedule} schedule goes on at {Now:0.0e+0}, where it stood at {Before:0.0e+0}.",
            then, longer, StepsDone, _options.Schedule, now, before);
    }

    private void Report()
    {
        _reportedStep = StepsDone;
        if (!_metrics.AreFinite()) throw Diverged();
        StepMetrics.Means means = _metrics.Read(_model.Options.Objective == PretrainingObjective.Electra);
        double loss = means.TrainedDiscriminatorLoss is double detection
            ? (_model.Options.GeneratorLossWeight * means.TrainedMaskedLMLoss) + (_model.Options.DiscriminatorLossWeight * detection)
            : means.TrainedMaskedLMLoss;
        TimeSpan used = TimeUsed;
        TimeSpan? remaining = _options.Budget is TimeSpan budget
            ? TimeSpan.FromTicks(Math.Max(0, (budget - used).Ticks))
            : _throughput.RemainingPositions(_run.PositionsLeft(StepsDone));
        var report = new StepReport(
            StepsDone, _run.TotalUpdates(StepsDone, used, _throughput.PositionsPerSecond), _run.Progress(StepsDone, used), _batches.Epoch,
            _last.SequenceLength, _last.BatchSize, _last.LearningRate, loss, means.TrainedMaskedLMLoss, means.TrainedDiscriminatorLoss,
            means.MaskedLM, means.DiscriminatorLoss, means.Discriminator, means.GradientNorm, _state.TokensSeen,
            _throughput.TokensPerSecond, _throughput.Elapsed, remaining);
        _log.Write(StepsDone, "train", [.. report.Figures()]);
        _observer.OnProgress(report);
        foreach (TrainingAlarm alarm in _alarms.Watch(report))
        {
            _logger.LogWarning("Step {Step}: {Alarm}", alarm.Step, alarm.Message);
            _observer.OnAlarm(alarm);
        }
    }

    private TrainingDivergedException Diverged() => new(StepsDone, _lastCheckpoint);
}

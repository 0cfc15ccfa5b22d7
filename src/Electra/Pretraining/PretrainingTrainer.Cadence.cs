using Electra.Data;
using Electra.Training;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Pretraining;

public sealed partial class PretrainingTrainer
{
    /// <summary>Evaluates held-out text now, at the sequence length of the phase; null when no documents are held out.</summary>
    public EvaluationReport? Evaluate()
    {
        _evaluatedStep = StepsDone;
        if (_batches.HeldOut.ExampleCount == 0) return null;
        if (!_metrics.AreFinite()) throw Diverged();
        using IDisposable pause = _throughput.Pause();
        RunPhase phase = _run.Phases[_state.Phase];
        IEnumerable<TokenBatch> batches = _batches.HeldOut.ReadOnce(phase.MicroBatchSize, _options.EvaluationExamples);
        EvaluationReport report = new PretrainingEvaluator(_model, _masker).Evaluate(batches);
        List<(string, double)> figures =
        [
            ("examples", report.Examples), ("sequence_length", phase.SequenceLength), ("masked_lm_loss", report.MaskedLMLoss),
            ("masked_lm_accuracy", report.MaskedLMAccuracy),
        ];
        if (report is { Discriminator: { } metrics, DiscriminatorLoss: double loss })
        {
            figures.AddRange([("discriminator_loss", loss), .. Figures(metrics)]);
        }

        _log.Write(StepsDone, "evaluation", [.. figures]);
        _logger.LogInformation("Step {Step}: held-out {Report}", StepsDone, report);
        _observer.OnEvaluated(StepsDone, report);
        return report;
    }

    /// <summary>Saves a checkpoint now and gives its folder.</summary>
    /// <exception cref="TrainingDivergedException">A loss or gradient is not finite; nothing is saved then.</exception>
    public string Save()
    {
        if (!_metrics.AreFinite()) throw Diverged();
        using IDisposable pause = _throughput.Pause();
        _log.Flush();
        _state.TimeUsed = TimeUsed;
        (_lastCheckpoint, _savedStep) = (_state.Save(_store), StepsDone);
        _logger.LogInformation("Step {Step}: saved {Checkpoint}", StepsDone, _lastCheckpoint);
        _observer.OnSaved(StepsDone, _lastCheckpoint);
        return _lastCheckpoint;
    }

    private void TakeUp()
    {
        if (!_options.Resume)
        {
            if (_store.Steps() is not [long step, ..]) return;
            throw new ArgumentException(
                $"'{_options.OutputFolder}' holds a run at step {step}, and Resume is false: name another OutputFolder, or delete that one.");
        }

        using TrainingCheckpoint? checkpoint = _store.LoadLatest();
        if (checkpoint is null) return;
        _state.Restore(checkpoint);
        (_lastCheckpoint, _savedStep) = (checkpoint.Folder, StepsDone);
        if (checkpoint.Value<int>("threads") is int threads && _model.Device.type == DeviceType.CPU && threads != get_num_threads())
        {
            _logger.LogWarning(
                "The run was made with {Then} thread(s) and goes on with {Now}: results will differ in rounding from an uninterrupted run.",
                threads, get_num_threads());
        }

        _logger.LogInformation("Going on from step {Step}, {Checkpoint}", StepsDone, _lastCheckpoint);
    }

    private void Report()
    {
        _reportedStep = StepsDone;
        if (!_metrics.AreFinite()) throw Diverged();
        StepMetrics.Means means = _metrics.Read(_model.Options.Objective == PretrainingObjective.Electra);
        double loss = means.DiscriminatorLoss is double detection
            ? (_model.Options.GeneratorLossWeight * means.MaskedLMLoss) + (_model.Options.DiscriminatorLossWeight * detection)
            : means.MaskedLMLoss;
        TimeSpan used = TimeUsed;
        TimeSpan? remaining = _options.Budget is TimeSpan budget
            ? TimeSpan.FromTicks(Math.Max(0, (budget - used).Ticks))
            : _throughput.RemainingPositions(_run.PositionsLeft(StepsDone));
        var report = new StepReport(
            StepsDone, _run.TotalUpdates(StepsDone, used, _throughput.PositionsPerSecond), _run.Progress(StepsDone, used), _batches.Epoch,
            _last.SequenceLength, _last.BatchSize, _last.LearningRate, loss, means.MaskedLMLoss, means.DiscriminatorLoss,
            means.Discriminator, means.GradientNorm, _state.TokensSeen, _throughput.TokensPerSecond, _throughput.Elapsed, remaining);
        List<(string, double)> figures =
        [
            ("loss", report.Loss), ("masked_lm_loss", report.MaskedLMLoss), ("gradient_norm", report.GradientNorm),
            ("learning_rate", report.LearningRate), ("sequence_length", report.SequenceLength), ("batch_size", report.BatchSize),
            ("epoch", report.Epoch), ("tokens_seen", report.TokensSeen), ("tokens_per_second", report.TokensPerSecond),
        ];
        if (report is { Discriminator: { } metrics, DiscriminatorLoss: double discriminatorLoss })
        {
            figures.AddRange([("discriminator_loss", discriminatorLoss), .. Figures(metrics)]);
        }

        _log.Write(StepsDone, "train", [.. figures]);
        _observer.OnProgress(report);
        foreach (TrainingAlarm alarm in _alarms.Watch(report))
        {
            _logger.LogWarning("Step {Step}: {Alarm}", alarm.Step, alarm.Message);
            _observer.OnAlarm(alarm);
        }
    }

    private static IEnumerable<(string, double)> Figures(Evaluation.BinaryClassificationMetrics metrics) =>
    [
        ("accuracy", metrics.Accuracy), ("precision", metrics.Precision), ("recall", metrics.Recall),
        ("area_under_curve", metrics.AreaUnderCurve), ("replaced_share", metrics.PositiveRate),
    ];

    private TrainingDivergedException Diverged() => new(StepsDone, _lastCheckpoint);
}

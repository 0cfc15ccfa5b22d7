using Electra.Distributed;
using Microsoft.Extensions.Logging;

namespace Electra.Training;

// What is done when numbers go wrong. An update without a finite loss and gradient changes nothing, on the device; here, where figures are read anyway, it
// is told of, and too many of them, or a loss that jumped, take the run back to a checkpoint or end it.
internal sealed partial class TrainingLoop
{
    private bool _hasSpike; // in the last report
    private long _reportBefore; // updates made by the one before it
    private bool _isWaiting; // the last updates were left out

    private TrainingDivergedException Diverged()
    {
        EndWrite();
        return new TrainingDivergedException(StepsDone, _lastCheckpoint, _state.Rollbacks.Count);
    }

    private string MetricsFile => Path.Combine(_options.OutputFolder, "metrics.jsonl");

    // Whether the weights are worth anything: of a run that is at its end they are not.
    private bool IsSound() => _ranks.IsTrueOfAll(_sums.ReadSkippedInARow() < _options.MaxSkippedSteps);

    private void Watch(StepFigures figures)
    {
        if (figures.Skipped > 0) Tell(TrainingEvent.OfSkippedSteps(StepsDone, figures));
        if (figures.Updates == 0 || _state.Losses.Watch(figures.Loss, _last.Phase) is not { } spike) return;
        _hasSpike = true;
        Tell(TrainingEvent.OfLossSpike(StepsDone, figures, spike));
    }

    private void Tell(TrainingEvent what)
    {
        _log!.Write(what);
        _logger.LogWarning("Step {Step}: {Event}", what.Step, what.Message);
        _task.Tell(what);
    }

    // Looks at the numbers; tells whether the run was taken back. All ranks go by the word of rank 0.
    private bool Recover()
    {
        TrainingCheckpoint? checkpoint = null;
        try
        {
            long inARow = _sums.ReadSkippedInARow();
            if (_outer is not null) inARow = _ranks.Most(inARow); // each rank leaves out its own
            Verdict verdict = _ranks.Group.AtRankZero(() => Judge(inARow, out checkpoint));
            (_isWaiting, _hasSpike) = (verdict == Verdict.Wait, false);
            if (verdict == Verdict.End) throw Diverged();
            if (verdict is Verdict.GoOn or Verdict.Wait) return false;
            GoBack(checkpoint, verdict == Verdict.GoBackForLossSpike ? TrainingEventKind.LossSpike : TrainingEventKind.SkippedSteps);
            return true;
        }
        finally
        {
            checkpoint?.Dispose();
        }
    }

    private Verdict Judge(long inARow, out TrainingCheckpoint? checkpoint)
    {
        bool isLost = inARow >= _options.MaxSkippedSteps, goesBack = isLost || (_hasSpike && _options.RollBackOnLossSpike);
        if (goesBack) EndWrite();
        checkpoint = goesBack && _state.Rollbacks.Count < _options.MaxRollbacks ? FindGood(isLost ? StepsDone - inARow : _reportBefore + 1) : null;
        if (checkpoint is null) return isLost ? Verdict.End : inARow > 0 ? Verdict.Wait : Verdict.GoOn;
        return isLost ? Verdict.GoBackForSkippedSteps : Verdict.GoBackForLossSpike;
    }

    // One from which an update was made; only where there is none, the one at which all began.
    private TrainingCheckpoint? FindGood(long before) => _store.LoadLatest(before - 1, orNone: true) ?? _store.LoadLatest(before);

    private void GoBack(TrainingCheckpoint? checkpoint, TrainingEventKind reason)
    {
        long from = StepsDone;
        if (checkpoint is not null) _state.GoBack(checkpoint);
        if (!_ranks.IsAlone) _state.Share(_ranks.Group, checkpoint, isGoingBack: true);
        _outer?.Begin();
        _state.Rollbacks = _state.Rollbacks.After(from - StepsDone, _options.RollbackLearningRateFactor);
        (_reportedStep, _figuresFrom) = (StepsDone, StepsDone - _sums.ReadUpdates());
        if (_ranks.Leads)
        {
            _log!.Dispose();
            _log = MetricsLog.Resume(MetricsFile, StepsDone, _time);
            Tell(TrainingEvent.OfRollback(StepsDone, from, reason, _state.Rollbacks));
        }

        Save(CancellationToken.None); // in place of the checkpoint: whoever resumes is back already
    }
}

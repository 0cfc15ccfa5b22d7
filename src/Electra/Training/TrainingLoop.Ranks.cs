using Electra.Distributed;
using Microsoft.Extensions.Logging;

namespace Electra.Training;

// What the ranks of a run do at the same places of their loops. Of one process alone it is what one does.
internal sealed partial class TrainingLoop
{
    private RunWord _word; // what all ranks go by
    private bool _isAgreed; // for the next update

    private TimeSpan OwnTimeUsed => _usedBefore + _throughput.WallClock;

    private bool GoesOn(CancellationToken cancellationToken)
    {
        bool stop = cancellationToken.IsCancellationRequested;
        if (_ranks.IsAlone) return !IsComplete && !stop;
        Agree(stop);
        return !IsComplete && !_word.Stop;
    }

    private void Agree(bool stop)
    {
        if (_ranks.IsAlone) return;
        _word = _ranks.Agree(new RunWord(stop, OwnTimeUsed, _task.IsDone));
        _isAgreed = true;
    }

    // Before anything is told or saved: rank 0 has the figures of all, and nothing is kept of weights that have come apart.
    private void PrepareTelling()
    {
        if (_ranks.IsAlone) return;
        _ranks.MoveFigures([_sums.Loss, .. _task.Sums.Select(sum => sum.Tensor)]);
        _ranks.Meet();
        if (_outer is not { IsApart: true }) _ranks.RequireSameWeights(_task.Parameters.Values, StepsDone);
    }

    // Each rank evaluates its part; rank 0 has the figures of all and tells of them. Whoever is told must not call the trainer: the other ranks would not know.
    private void EvaluateTogether(bool isThere, CancellationToken cancellationToken)
    {
        if (!isThere)
        {
            _state.EvaluatedStep = StepsDone;
            return;
        }

        using IDisposable pause = _throughput.Pause();
        Action<MetricsLog?> tell = _task.Evaluate(StepsDone, cancellationToken);
        MetricsLog? log = IsEvaluated ? null : _log;
        _state.EvaluatedStep = StepsDone; // before whoever is told may save
        _ranks.Group.AtRankZero(
            () =>
            {
                tell(log);
                return true;
            });
    }

    // The folder is rank 0's: what it finds there, or the weights that it begins with, it gives to all.
    private void TakeUp()
    {
        _ranks.RequireSame(_task.Describe());
        using TrainingCheckpoint? checkpoint = _ranks.Leads ? FindCheckpoint() : null;
        if (checkpoint is not null) TakeUp(checkpoint);
        if (_ranks.IsAlone) return;
        _lastCheckpoint = _state.Share(_ranks.Group, checkpoint);
        if (_lastCheckpoint is not null) (_savedStep, _savedEvaluation) = (StepsDone, _state.EvaluatedStep);
    }

    private TrainingCheckpoint? FindCheckpoint()
    {
        if (_options.Resume) return _store.LoadLatest();
        if (_store.Steps() is not [long step, ..]) return null;
        throw new ArgumentException(
            $"'{_options.OutputFolder}' holds a run at step {step}, and Resume is false: name another OutputFolder, or delete that one.");
    }

    private void TakeUp(TrainingCheckpoint checkpoint)
    {
        TrainingOptions? shorter = _state.Restore(checkpoint);
        (_lastCheckpoint, _savedStep, _savedEvaluation) = (checkpoint.Folder, StepsDone, _state.EvaluatedStep);
        if (shorter is not null) _logger.LogWarning("{Extension}", _run.Extension(shorter, StepsDone, _state.TimeUsed));
        if (_state.OtherArithmetic(checkpoint) is string other)
        {
            _logger.LogWarning(
                "The run was made {Otherwise}: results will differ in rounding from those of a run that was never stopped.", other);
        }

        _logger.LogInformation("Going on from step {Step}, {Checkpoint}", StepsDone, _lastCheckpoint);
    }
}

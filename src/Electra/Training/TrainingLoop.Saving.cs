using System.Diagnostics;
using Electra.Distributed;
using Microsoft.Extensions.Logging;

namespace Electra.Training;

// Checkpoints between two updates: the state is copied, and written while training goes on. One is written at a time; the next one waits for it.
internal sealed partial class TrainingLoop
{
    private readonly CheckpointSnapshot _snapshot = new();
    private CheckpointWrite? _writing; // rank 0's

    /// <summary>Called with the name of each stage of a save that was passed, by the thread that writes, so that tests can stop there.</summary>
    public Action<string>? SaveStagePassed
    {
        get => _store.StagePassed;
        set => _store.StagePassed = value;
    }

    /// <summary>Saves a checkpoint now, waits until it is on the disk and gives its folder.</summary>
    /// <param name="cancellationToken">Gives the save up between two files; earlier checkpoints stay.</param>
    /// <exception cref="TrainingDivergedException">
    /// The last <see cref="TrainingOptions.MaxSkippedSteps"/> updates were left out, or a weight is not finite; nothing is saved then.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public string Save(CancellationToken cancellationToken)
    {
        using IDisposable pause = _throughput.Pause();
        PrepareSaving();
        (_lastCheckpoint, _savedStep, _savedEvaluation) = (_ranks.Group.AtRankZero(Write), StepsDone, _state.EvaluatedStep);
        return _lastCheckpoint;

        string Write()
        {
            EndWrite();
            _log!.Flush();
            _state.TimeUsed = OwnTimeUsed;
            string folder = _state.Save(_store, cancellationToken);
            (_lastCheckpoint, _savedStep, _savedEvaluation) = (folder, StepsDone, _state.EvaluatedStep); // before whoever is told may save
            _logger.LogInformation("Step {Step}: saved {Checkpoint}", StepsDone, folder);
            _task.Saved(StepsDone, folder);
            return folder;
        }
    }

    private void SaveAndGoOn()
    {
        if (!_options.SaveInBackground)
        {
            Save(CancellationToken.None);
            return;
        }

        using IDisposable pause = _throughput.Pause();
        PrepareSaving();
        _lastCheckpoint = _ranks.Group.AtRankZero(BeginWrite);
    }

    private void PrepareSaving()
    {
        RequireTrainedWeights();
        if (!IsSound() || !_ranks.IsTrueOfAll(_state.IsFinite())) throw Diverged();
        _outer?.BringTogether();
        PrepareTelling();
    }

    private string? BeginWrite()
    {
        long start = Stopwatch.GetTimestamp();
        EndWrite();
        TimeSpan waited = Stopwatch.GetElapsedTime(start);
        _state.TimeUsed = OwnTimeUsed;
        Func<string> write = _state.Snapshot(_store, _snapshot);
        MetricsLog log = _log!;
        _writing = new CheckpointWrite(StepsDone, _state.EvaluatedStep, () =>
        {
            log.Flush(); // what is logged must not fall behind the checkpoint
            return write();
        });
        _logger.LogDebug(
            "Step {Step}: training stood still for {Milliseconds:F1} ms to copy its state, and before that {Waited:F1} ms for the checkpoint before",
            StepsDone, (Stopwatch.GetElapsedTime(start) - waited).TotalMilliseconds, waited.TotalMilliseconds);
        return _lastCheckpoint;
    }

    // Asked between updates: whoever wants to know of checkpoints hears of one when it is safe, on this thread.
    private void EndWriteIfOver()
    {
        if (_writing is { IsOver: true }) EndWrite();
    }

    // Waits for the write under way. One that fails costs nothing but itself: the checkpoints before it are there, and the next one may fare better.
    private void EndWrite()
    {
        if (_writing is not CheckpointWrite write) return;
        _writing = null;
        string folder;
        try
        {
            (folder, TimeSpan time) = write.Wait();
            (_lastCheckpoint, _savedStep, _savedEvaluation) = (folder, write.Step, write.EvaluatedStep);
            _logger.LogInformation("Step {Step}: saved {Checkpoint}, written in {Milliseconds:F0} ms meanwhile", write.Step, folder, time.TotalMilliseconds);
        }
        catch (IOException error)
        {
            _logger.LogWarning(
                "Step {Step}: no checkpoint was saved. {Fault} Training goes on, and the next save tries again; until then a stop goes back to {Checkpoint}",
                write.Step, error.Message, _lastCheckpoint ?? "the beginning");
            return;
        }

        _task.Saved(write.Step, folder);
    }

    // Rank 0 knows.
    private bool IsUnsaved() => _ranks.Group.AtRankZero(() =>
    {
        EndWrite();
        return _savedStep != StepsDone || _savedEvaluation != _state.EvaluatedStep;
    });

    // Nobody is told any more.
    private void AbandonWrite()
    {
        try
        {
            _writing?.Wait();
        }
        catch (IOException error)
        {
            _logger.LogWarning("Step {Step}: no checkpoint was saved. {Fault}", _writing!.Step, error.Message);
        }

        _writing = null;
        _snapshot.Dispose();
    }
}

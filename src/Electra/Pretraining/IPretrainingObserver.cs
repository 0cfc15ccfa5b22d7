using Electra.Training;

namespace Electra.Pretraining;

/// <summary>Is told how a run goes, on the thread that trains. Every method does nothing unless implemented.</summary>
public interface IPretrainingObserver
{
    /// <summary>A run starts, or goes on from a checkpoint.</summary>
    /// <param name="step">Updates made already: 0 for a new run.</param>
    /// <param name="checkpoint">The folder it goes on from; null for a new run.</param>
    void OnStarted(long step, string? checkpoint)
    {
    }

    /// <summary>Some steps were made.</summary>
    void OnProgress(StepReport report)
    {
    }

    /// <summary>Held-out text was evaluated.</summary>
    /// <param name="step">Updates made.</param>
    /// <param name="report">The figures.</param>
    void OnEvaluated(long step, EvaluationReport report)
    {
    }

    /// <summary>A checkpoint was saved and is on the disk; the run may be some updates further by then.</summary>
    /// <param name="step">Updates made.</param>
    /// <param name="checkpoint">Its folder.</param>
    void OnSaved(long step, string checkpoint)
    {
    }

    /// <summary>The run seems to have died.</summary>
    void OnAlarm(TrainingAlarm alarm)
    {
    }

    /// <summary>Numbers went wrong: updates were left out, the loss jumped, or the run went back to a checkpoint. Of a rollback, everything told of later steps is void.</summary>
    void OnEvent(TrainingEvent what)
    {
    }
}

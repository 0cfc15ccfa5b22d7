using Electra.Data;
using Electra.Training;

namespace Electra.Pretraining;

/// <summary>
/// The batches of a run, each of the length and size that its update takes. A phase of another length begins with the next epoch, whose
/// order and cuts are its own; a phase of the same length goes on where the one before was.
/// </summary>
internal sealed class RunBatches : IDisposable
{
    private readonly PretrainingDataset _data;
    private readonly IReadOnlyList<RunPhase> _phases;
    private readonly RunPosition _state;
    private readonly bool _pinned;
    private PretrainingExamples _training;
    private PrefetchingBatchLoader? _loader;
    private int _batchSize;

    /// <param name="data">The text.</param>
    /// <param name="phases">Of the run.</param>
    /// <param name="state">Says where to begin, and is told when a phase begins.</param>
    /// <param name="pinned">Whether batches are in page-locked memory, for a GPU.</param>
    public RunBatches(PretrainingDataset data, IReadOnlyList<RunPhase> phases, RunPosition state, bool pinned)
    {
        (_data, _phases, _state, _pinned) = (data, phases, state, pinned);
        (_training, HeldOut) = (data.TrainingAt(Length), data.HeldOutAt(Length));
    }

    /// <summary>The held-out examples, as long as those of the phase.</summary>
    public PretrainingExamples HeldOut { get; private set; }

    /// <summary>How often the text was seen, in all phases; a fraction.</summary>
    public double Epoch => Place - _state.EpochsSkipped;

    private int Length => _phases[_state.Phase].SequenceLength;

    private double Place => _state.Position.Epoch + ((double)_state.Position.Index / _training.ExampleCount);

    /// <summary>The batch of an update, which the caller disposes.</summary>
    /// <exception cref="InvalidDataException">A shard was altered.</exception>
    public TokenBatch Next(StepPlan plan)
    {
        if (plan.Phase != _state.Phase) Enter(plan.Phase);
        if (_loader is null || plan.BatchSize != _batchSize)
        {
            // What was read ahead is read again in the new size, which costs milliseconds and happens a few times in a run.
            _loader?.Dispose();
            _loader = new PrefetchingBatchLoader(_training, _state.Position, plan.BatchSize, pinned: _pinned);
            _batchSize = plan.BatchSize;
        }

        return _loader.Next();
    }

    public void Dispose() => _loader?.Dispose();

    private void Enter(int phase)
    {
        int before = Length;
        _state.Phase = phase;
        if (Length == before) return;
        _loader?.Dispose();
        _loader = null;
        long epoch = _state.Position.Index == 0 ? _state.Position.Epoch : _state.Position.Epoch + 1;
        _state.EpochsSkipped += epoch - Place;
        _state.Position = new DataPosition(epoch, 0);
        (_training, HeldOut) = (_data.TrainingAt(Length), _data.HeldOutAt(Length));
    }
}

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
    private (int Batch, int First, int Rows) _read;

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

    /// <summary>The rows of an update that a rank computes, which the caller disposes; what follows them is the next update's batch.</summary>
    /// <param name="plan">What the update takes.</param>
    /// <param name="share">Which of its rows; null for all of them.</param>
    /// <exception cref="InvalidDataException">A shard was altered.</exception>
    public TokenBatch Next(StepPlan plan, RankShare? share = null)
    {
        if (plan.Phase != _state.Phase) Enter(plan.Phase);
        (int Batch, int First, int Rows) read = (plan.BatchSize, share?.FirstRow ?? 0, share?.Rows ?? plan.BatchSize);
        if (_loader is null || read != _read)
        {
            // What was read ahead is read again in the new size, which costs milliseconds and happens a few times in a run.
            _loader?.Dispose();
            _loader = new PrefetchingBatchLoader(_training, _state.Position, read.Rows, pinned: _pinned, skip: read.First, stride: read.Batch);
            _read = read;
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

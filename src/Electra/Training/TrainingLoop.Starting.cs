using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Training;

internal sealed partial class TrainingLoop
{
    /// <summary>Begins a fresh run after updates that another program has made; a run that has a checkpoint of its own is left as it is.</summary>
    /// <param name="step">How many.</param>
    /// <param name="moments">Fills the optimizer's moments, by name.</param>
    /// <param name="average">Fills the average of the weights, by name; null to begin it with them.</param>
    /// <returns>Whether the run is fresh.</returns>
    /// <exception cref="ArgumentException">The run is over by then.</exception>
    public bool StartAt(
        long step, Action<IReadOnlyList<(string Name, Tensor Tensor)>> moments, Action<IReadOnlyList<(string Name, Tensor Tensor)>>? average = null)
    {
        if (IsUnderWay) return false;
        if (_options.Budget is null && step >= _options.TrainSteps)
        {
            throw new ArgumentException(
                $"{step:N0} updates are made already, and the run has {_options.TrainSteps:N0}: {nameof(TrainingOptions.TrainSteps)} counts those, too. Make it larger.");
        }

        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        IReadOnlyList<(string Name, Tensor Tensor)> state = _optimizer.State();
        moments([.. state.Where(item => item.Name != "step")]);
        if (_task.Average is { } kept) average?.Invoke([.. kept.State()]);
        foreach ((_, Tensor count) in state.Where(item => item.Name == "step")) count.fill_(Scalars.Of(step));
        (_state.Step, _reportedStep, _figuresFrom) = (step, step, step);
        return true;
    }

    /// <summary>Whether updates were made, or there is a checkpoint.</summary>
    public bool IsUnderWay => StepsDone > 0 || _lastCheckpoint is not null;
}

using Electra.Data;
using Electra.Pretraining;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Race.Training;

/// <summary>Trains a contestant a part at a time: it is stopped, saved, and goes on bit for bit.</summary>
/// <param name="contestant">Who.</param>
/// <param name="shards">The folder of the text.</param>
/// <param name="device">Where it trains.</param>
internal sealed class ContestantRun(Contestant contestant, string shards, Device device) : IPretrainingObserver
{
    private double _progress = -1;
    private StepReport? _last;

    /// <summary>Who.</summary>
    public Contestant Contestant => contestant;

    /// <summary>How far the run is, from 0 to 1; below 0 before it was looked at.</summary>
    public double Progress => _progress;

    /// <summary>The newest report of training in this process; null before the first.</summary>
    public StepReport? Last => _last;

    /// <inheritdoc/>
    public void OnProgress(StepReport report) => _last = report;

    /// <summary>Trains until the run is so far.</summary>
    /// <param name="target">How far, to 1: to the end.</param>
    /// <param name="finish">Is given the networks once the run is complete, with updates made and seconds of training, saving included.</param>
    /// <param name="cancellationToken">Stops and saves.</param>
    /// <returns>Whether it trained at all: false when it was so far already.</returns>
    /// <exception cref="TrainingDivergedException">A loss or gradient became NaN or infinite.</exception>
    public bool Advance(double target, Action<ElectraPretrainingModel, long, double> finish, CancellationToken cancellationToken)
    {
        bool IsThere(double progress) => target < 1 && progress >= target - 1e-9;
        if (IsThere(_progress)) return false;
        using PretrainingDataset data = PretrainingDataset.Open(shards, contestant.Options.Data);
        using var model = new ElectraPretrainingModel(contestant.Config, contestant.Options.Model, device);
        (long updates, double seconds) = (0, 0);
        using (var trainer = new PretrainingTrainer(model, data, contestant.Options, this))
        {
            _progress = trainer.Progress;
            if (IsThere(_progress)) return false;
            seconds = trainer.TimeUsed.TotalSeconds;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            trainer.StepMade = _ =>
            {
                seconds = trainer.TimeUsed.TotalSeconds; // before the evaluation at the end
                if (IsThere(trainer.Progress)) stop.Cancel();
            };
            bool isComplete = trainer.Train(stop.Token).Completed;
            _progress = trainer.Progress;
            if (!isComplete) return true;
            updates = trainer.StepsDone;
            if (contestant.Options.AverageDecay > 0) trainer.UseAverage(); // for good
        }

        finish(model, updates, seconds);
        return true;
    }
}

using System.Text.Json.Nodes;
using Electra.Modeling;
using Electra.Optimization;
using static TorchSharp.torch;

namespace Electra.Training;

/// <summary>What a <see cref="TrainingLoop"/> trains: networks, text and a loss. The loop knows none of them.</summary>
internal interface ITrainingTask : IDisposable
{
    /// <summary>Where it computes.</summary>
    Device Device { get; }

    /// <summary>The element type of activations.</summary>
    ScalarType ComputeDtype { get; }

    /// <summary>What is trained, in the order in which the backward pass comes through.</summary>
    TrainedNetworks Networks { get; }

    /// <summary>Its parameters.</summary>
    FlatParameters Parameters { get; }

    /// <summary>What composed layers compute with in place of the parameters; null: nothing.</summary>
    ParameterCopies? Copies { get; }

    /// <summary>An average of the parameters, which takes in each update; null: none is kept.</summary>
    WeightAverage? Average => null;

    /// <summary>Running figures on the device, which a checkpoint holds under these names.</summary>
    IEnumerable<(string Name, Tensor Tensor)> Sums { get; }

    /// <summary>Whether there is text to evaluate on.</summary>
    bool HasHeldOutText { get; }

    /// <summary>Whether it has no use for further updates: the run is complete then, whatever was planned.</summary>
    bool IsDone => false;

    /// <summary>The text of the next update, on the device and ready for its parts; the caller disposes of it.</summary>
    /// <param name="plan">What the update takes.</param>
    /// <param name="step">Updates made, those included that were given up when the run went back: the order of text and all that is drawn go by it.</param>
    ITrainingWork Next(StepPlan plan, long step);

    /// <summary>The loss of one part, divided by counts of the whole update; figures are added to the sums. Nothing waits for the device.</summary>
    /// <returns>() float32, in the caller's dispose scope</returns>
    Tensor Loss(ITrainingWork work, int part);

    /// <summary>The update is made: the next one begins behind its text.</summary>
    void Finish(ITrainingWork work);

    /// <summary>Reads the sums, starts them again and tells of them.</summary>
    void Report(RunProgress progress, MetricsLog log);

    /// <summary>Evaluates held-out text.</summary>
    /// <param name="step">Updates made.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>Tells of it; given a log to write to, or null when this step is in it already.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    Action<MetricsLog?> Evaluate(long step, CancellationToken cancellationToken);

    /// <summary>Training begins, at a step, from a checkpoint or none.</summary>
    void Started(long step, string? checkpoint);

    /// <summary>Something went wrong with the numbers.</summary>
    void Tell(TrainingEvent what);

    /// <summary>A checkpoint was saved.</summary>
    void Saved(long step, string checkpoint);

    /// <summary>What a checkpoint holds of it beside tensors: where it is, and what it is, to be told apart from others.</summary>
    JsonObject Describe();

    /// <summary>What keeps it from going on from a checkpoint, a line each.</summary>
    IEnumerable<string> DifferencesFrom(TrainingCheckpoint checkpoint);

    /// <summary>The options that the checkpoint's run had.</summary>
    TrainingOptions OptionsOf(TrainingCheckpoint checkpoint);

    /// <summary>Takes up the place that a checkpoint holds.</summary>
    void Restore(TrainingCheckpoint checkpoint);

    /// <summary>The run goes back to a checkpoint of its own. Its text goes on behind what was read: another place in it may avoid what went wrong.</summary>
    void GoBack(TrainingCheckpoint checkpoint);
}

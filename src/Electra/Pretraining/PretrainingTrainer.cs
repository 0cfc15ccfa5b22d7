using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Data;
using Electra.Distributed;
using Electra.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Trains an <see cref="ElectraPretrainingModel"/>. It goes on by itself from a checkpoint in its output folder; on a CPU the result is bit
/// for bit that of a run that was never stopped. On CUDA, sums in no fixed order and dropout by the device's own generator prevent that.
/// </summary>
public sealed class PretrainingTrainer : IDisposable
{
    private readonly TokenMasker _masker;
    private readonly TrainingLoop _loop;
    private readonly ILogger _logger;
    private readonly PretrainingTask _task; // the loop's, which makes it and disposes of it

    /// <summary>Prepares a run, or takes up the one in the output folder.</summary>
    /// <param name="model">The networks, whose parameters are laid out anew; the caller disposes them, after the trainer.</param>
    /// <param name="data">
    /// The text; the caller disposes it, after the trainer.
    /// </param>
    /// <param name="options">How the run goes; what it says of model and data must be what those were made with.</param>
    /// <param name="observer">Is told of progress.</param>
    /// <param name="logger">Is told of starts, saves, evaluations, alarms, and of what a resume found changed or damaged.</param>
    /// <param name="time">
    /// The clock, also that of <see cref="TrainingOptions.Budget"/>, which runs from here on. <value>Default: the system's.</value>
    /// </param>
    /// <param name="folderLock">The output folder's lock, when the caller holds it already and keeps it. <value>Default: one is taken.</value></param>
    /// <param name="group">
    /// The processes that share each update; the batch of the options is that of all together. Rank 0 alone reads and writes the output folder, evaluates, and
    /// tells observer and logger. The caller disposes it, after the trainer. <value>Default: this process alone.</value>
    /// </param>
    /// <exception cref="ArgumentException">
    /// An option is out of range, model or data were made with others, the data does not fit the model, or the output folder holds a run with other
    /// options.
    /// </exception>
    /// <exception cref="InvalidDataException">No checkpoint in the output folder is intact.</exception>
    /// <exception cref="RunInUseException">Another trainer is at work in the output folder.</exception>
    /// <exception cref="ProcessGroupException">A process was lost, or was started with other options or data.</exception>
    public PretrainingTrainer(
        ElectraPretrainingModel model,
        PretrainingDataset data,
        PretrainingOptions options,
        IPretrainingObserver? observer = null,
        ILogger<PretrainingTrainer>? logger = null,
        TimeProvider? time = null,
        RunLock? folderLock = null,
        IProcessGroup? group = null)
        : this(
            model.Config, model.Device, masker => PretrainingObjectives.Of(model, masker, () => Words(model, data)), data, options.RequireModel(model.Options), observer, logger, time,
            folderLock, model.CopiesParameters, group, model)
    {
    }

    /// <summary>Prepares a run of any objective.</summary>
    /// <param name="config">The encoder that the run is for.</param>
    /// <param name="device">Where its networks are.</param>
    /// <param name="objective">Makes the objective, given how text is masked.</param>
    /// <param name="data">As above, and so the rest.</param>
    /// <param name="options">The model's are not looked at.</param>
    /// <param name="observer"></param>
    /// <param name="logger"></param>
    /// <param name="time"></param>
    /// <param name="folderLock"></param>
    /// <param name="copies">Whether composed layers compute with copies of the parameters; null where that is faster.</param>
    /// <param name="group"></param>
    /// <param name="model">The objective's networks, where they may have been loaded or have a generator of their own sizes.</param>
    internal PretrainingTrainer(
        ElectraConfig config,
        Device device,
        Func<TokenMasker, IPretrainingObjective> objective,
        PretrainingDataset data,
        PretrainingOptions options,
        IPretrainingObserver? observer = null,
        ILogger? logger = null,
        TimeProvider? time = null,
        RunLock? folderLock = null,
        bool? copies = null,
        IProcessGroup? group = null,
        ElectraPretrainingModel? model = null)
    {
        Options = options.Validate().RequireData(data.Options);
        group ??= new SingleProcessGroup();
        RankShare.RequireEnough(Options, group.Size);
        data.RequireFits(
            config.VocabSize, config.MaxPositionEmbeddings, config.TypeVocabSize, [.. Options.Phases.Select(phase => phase.SequenceLength)]);
        ShardVocabulary words = data.Manifest.Vocabulary;
        config.RequireVocabulary(words.Size, words.PadId);
        if (logger is null || group.Rank != 0) logger = NullLogger.Instance;
        _logger = logger;
        _masker = new TokenMasker(Options.Masking, config.VocabSize, words.MaskId, words.SpecialIds, device, words.ContinuesWord());
        PretrainingTask? task = null;
        try
        {
            _loop = new TrainingLoop(Options, MakeTask, logger, time, folderLock, group);
            _task = task!;
        }
        catch
        {
            _masker.Dispose();
            throw;
        }

        PretrainingTask MakeTask() => task = new PretrainingTask(objective(_masker), data, Options, observer ?? new SilentObserver(), logger, copies, group, model);
    }

    /// <summary>The options of this run, the model's and the data's own included.</summary>
    public PretrainingOptions Options { get; }

    /// <summary>Updates made, those before a resume included.</summary>
    public long StepsDone => _loop.StepsDone;

    /// <summary>Time that the run has taken in all its parts, evaluation and saving included; without what is not in a checkpoint.</summary>
    public TimeSpan TimeUsed => _loop.TimeUsed;

    /// <summary>How far the run is, from 0 to 1: updates made of all updates, or time used of the budget.</summary>
    public double Progress => _loop.Progress;

    /// <summary>Whether all updates are made, or the budget is used up.</summary>
    public bool IsComplete => _loop.IsComplete;

    /// <summary>Number of trained values; what both networks share counts once.</summary>
    public long ParameterCount => _task.Parameters.ParameterCount;

    /// <summary>How many pieces of the last update's gradients were handed over while its backward pass was under way.</summary>
    internal int OverlappedSums => _loop.OverlappedSums;

    /// <summary>Called after each update with the number of updates made, so that tests can stop there.</summary>
    internal Action<long>? StepMade
    {
        get => _loop.StepMade;
        set => _loop.StepMade = value;
    }

    /// <summary>Called with the name of each stage of a save that was passed, by the thread that writes, so that tests can stop there.</summary>
    internal Action<string>? SaveStagePassed
    {
        get => _loop.SaveStagePassed;
        set => _loop.SaveStagePassed = value;
    }

    /// <summary>
    /// Trains to the end, or until it is cancelled: then it saves and returns, and the next trainer goes on from there. An evaluation that is
    /// cut short is made anew by the next trainer.
    /// </summary>
    /// <exception cref="TrainingDivergedException">
    /// Losses or gradients of <see cref="TrainingOptions.MaxSkippedSteps"/> updates in a row were NaN or infinite, and the run may not go back.
    /// </exception>
    public TrainingOutcome Train(CancellationToken cancellationToken = default)
    {
        _task.LastEvaluation = null;
        bool isComplete = _loop.Train(cancellationToken);
        return new TrainingOutcome(isComplete, StepsDone, _loop.LastCheckpoint!, _task.LastEvaluation);
    }

    /// <summary>
    /// Goes on where Google's code stopped: with its moments and at its step, which the schedule and <see cref="TrainingOptions.TrainSteps"/> count from. The
    /// text begins at its beginning. A checkpoint without moments, as the released models are, leaves the run at step 0 with fresh ones; this is logged. A run
    /// that goes on from a checkpoint of its own is left as it is.
    /// </summary>
    /// <param name="checkpoint">The one that the model was made from, by <see cref="GooglePretraining.LoadPretrainingModel"/>.</param>
    /// <returns>Whether moments and step were taken.</returns>
    /// <exception cref="ArgumentException">The run is over by then, or has <see cref="PretrainingOptions.Muon"/>, for which there are no moments.</exception>
    /// <exception cref="InvalidDataException">
    /// Some moments are missing, the step is, they are another network's, or one does not match its checksum.
    /// </exception>
    public bool StartFrom(GoogleCheckpoint checkpoint) => GooglePretraining.Start(_loop, checkpoint, Options, _logger);

    /// <summary>
    /// Goes on where another run or Google's code stopped, with its moments and at its step, as <see cref="StartFrom(GoogleCheckpoint)"/> does. Hugging Face folders have neither, and leave
    /// the run at step 0.
    /// </summary>
    /// <param name="source">The one that the model was loaded from; its networks must not have been extended since.</param>
    /// <returns>Whether moments and step were taken.</returns>
    /// <exception cref="ArgumentException">The run is over by then.</exception>
    /// <exception cref="InvalidDataException">Some moments are missing, or they are another network's.</exception>
    public bool StartFrom(PretrainingSource source) => source.Start(_loop, Options, _logger);

    /// <summary>Makes one update from one global batch. It never waits for the device.</summary>
    public void Step() => _loop.Step();

    /// <summary>
    /// Evaluates held-out text now, at the sequence length of the phase; null when no documents are held out. The first evaluation of a step
    /// is logged.
    /// </summary>
    /// <param name="cancellationToken">Stops between two batches; nothing is recorded then.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public EvaluationReport? Evaluate(CancellationToken cancellationToken = default) => _loop.Evaluate(cancellationToken) ? _task.LastEvaluation : null;

    /// <summary>
    /// Puts the average of the weights in their place, to evaluate or save the networks with it, until the result is disposed of. Until then the run makes no update, evaluation or
    /// checkpoint. If it never is disposed of, the networks keep the average, after the trainer's end, too.
    /// </summary>
    /// <exception cref="InvalidOperationException">No average is kept (<see cref="PretrainingOptions.AverageDecay"/>), or it is there already.</exception>
    public IDisposable UseAverage() => _task.Average?.Use()
        ?? throw new InvalidOperationException($"The run keeps no average of its weights: {nameof(PretrainingOptions.AverageDecay)} is 0.");

    /// <summary>Saves a checkpoint now, waits until it is on the disk and gives its folder.</summary>
    /// <param name="cancellationToken">Gives the save up between two files; earlier checkpoints stay.</param>
    /// <exception cref="TrainingDivergedException">
    /// The last <see cref="TrainingOptions.MaxSkippedSteps"/> updates were left out, or a weight is not finite; nothing is saved then.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public string Save(CancellationToken cancellationToken = default) => _loop.Save(cancellationToken);

    /// <summary>Frees what belongs to the run; the model and the data stay.</summary>
    public void Dispose()
    {
        _loop.Dispose();
        _masker.Dispose();
    }

    private static UnigramModel Words(ElectraPretrainingModel model, PretrainingDataset data) =>
        UnigramModel.Of(data.Training.Corpus, model.Config.VocabSize, data.Manifest.Vocabulary.SpecialIds);

    private sealed class SilentObserver : IPretrainingObserver;
}

using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Distributed;
using Electra.Modeling;
using Electra.Tokenization;
using Electra.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>
/// Fine-tunes a pre-trained encoder for a task. It goes on by itself from a checkpoint in its output folder; on a CPU the result is bit for bit that
/// of a run that was never stopped.
/// </summary>
public sealed class FineTuningTrainer : IDisposable
{
    private const string ModelFolder = "model";
    private readonly TrainingLoop _loop;
    private readonly FineTuningRun _run; // the loop's, which makes it and disposes of it
    private readonly TaskNetwork _network; // the run's
    private readonly FineTuningTask _task;
    private readonly EncodedTask _data;
    private readonly ElectraTokenizer _tokenizer;
    private readonly IProcessGroup _group;

    /// <summary>Prepares a run, or takes up the one in the output folder.</summary>
    /// <param name="encoder">The Hugging Face folder of a pre-trained encoder, with its tokenizer. A head in it is dropped.</param>
    /// <param name="task">What to fine-tune for.</param>
    /// <param name="options">How. <value>Default: the recipe of the encoder's size, <see cref="FineTuningOptions.RecipeFor"/>.</value></param>
    /// <param name="device">Where. <value>Default: the CPU.</value></param>
    /// <param name="observer">Is told of progress.</param>
    /// <param name="logger">Is told of starts, saves, evaluations, and of what a resume found changed or damaged.</param>
    /// <param name="time">The clock. <value>Default: the system's.</value></param>
    /// <param name="group">
    /// The processes that share each update; the batch of the options is that of all together. Rank 0 alone reads and writes the output folder, evaluates, and
    /// tells observer and logger. The caller disposes it, after the trainer. <value>Default: this process alone.</value>
    /// </param>
    /// <exception cref="ArgumentException">
    /// An option is out of range or of no use for the task, or the output folder holds a run with other options. Nothing is written then.
    /// </exception>
    /// <exception cref="IOException">A file of the encoder is missing.</exception>
    /// <exception cref="InvalidDataException">A file of the encoder is damaged, or no checkpoint in the output folder is intact.</exception>
    /// <exception cref="RunInUseException">Another trainer is at work in the output folder.</exception>
    /// <exception cref="ProcessGroupException">A process was lost, or was started with other options or data.</exception>
    public FineTuningTrainer(
        string encoder,
        FineTuningTask task,
        FineTuningOptions? options = null,
        Device? device = null,
        IFineTuningObserver? observer = null,
        ILogger<FineTuningTrainer>? logger = null,
        TimeProvider? time = null,
        IProcessGroup? group = null)
    {
        _group = group ?? new SingleProcessGroup();
        ILogger log = _group.Rank == 0 && logger is not null ? logger : NullLogger.Instance;
        ElectraConfig config = ElectraConfig.Load(Path.Combine(encoder, "config.json"));
        _task = task;
        _tokenizer = ElectraTokenizer.FromPretrained(encoder);
        config.RequireVocabulary(_tokenizer.VocabSize, _tokenizer.SpecialTokens.PadId);
        FineTuningOptions given = (options ?? FineTuningOptions.RecipeFor(config)).Validate().WithLength(task, config.MaxPositionEmbeddings);
        string[] problems = [.. task.Problems(given)];
        if (problems.Length > 0) throw new ArgumentException($"Options that are not for the task '{task.Name}': {string.Join("; ", problems)}.", nameof(options));
        _data = task.Encode(_tokenizer, given);
        if (_data.HasWholeUpdates && _group.Size > 1)
        {
            throw new ArgumentException(
                $"The loss of the task '{task.Name}' sets all examples of an update against each other, so ranks can't share an update: start one process.", nameof(group));
        }

        Options = given.For(task, _data.Training.Count).Validate();
        FineTuningIdentity identity = FineTuningIdentity.Of(task, _data, encoder);
        _network = new NetworkPreparation(task, Options, log).Load(encoder, config, device);
        FineTuningRun? run = null;
        try
        {
            _loop = new TrainingLoop(
                Options, () => run = new FineTuningRun(_network, _data, _tokenizer, Options, identity, task.MainMetric, observer ?? new SilentObserver(), log, _group),
                log, time, folderLock: null, _group);
            _run = run!;
        }
        catch
        {
            if (run is null) _network.Dispose();
            throw;
        }
    }

    /// <summary>The options of this run, with what hangs on the task and its examples.</summary>
    public FineTuningOptions Options { get; }

    /// <summary>Updates made, those before a resume included.</summary>
    public long StepsDone => _loop.StepsDone;

    /// <summary>Time that the run has taken in all its parts, evaluation and saving included; without what is not in a checkpoint.</summary>
    public TimeSpan TimeUsed => _loop.TimeUsed;

    /// <summary>Whether the run is at its end.</summary>
    public bool IsComplete => _loop.IsComplete;

    /// <summary>Called after each update with the number of updates made, so that tests can stop there.</summary>
    internal Action<long>? StepMade
    {
        get => _loop.StepMade;
        set => _loop.StepMade = value;
    }

    /// <summary>Reads the mean loss of an example since it was last read, and starts it again.</summary>
    internal double LossSinceReport() => _run.ReadLoss();

    /// <summary>The network that is trained.</summary>
    internal ElectraHeadModel Model => _network.Model;

    /// <summary>
    /// Trains to the end and writes the model to <c>model</c> in the output folder; or until it is cancelled: then it saves a checkpoint and returns,
    /// and the next trainer goes on from there.
    /// </summary>
    /// <exception cref="TrainingDivergedException">
    /// Losses or gradients of <see cref="TrainingOptions.MaxSkippedSteps"/> updates in a row were NaN or infinite, and the run may not go back.
    /// </exception>
    public FineTuningOutcome Train(CancellationToken cancellationToken = default)
    {
        bool isComplete = _loop.Train(cancellationToken);
        if (!isComplete) return new FineTuningOutcome(false, StepsDone, null, null);
        FineTuningEvaluation? evaluation = _run.LastEvaluation;
        string folder = Heartbeat.AtRankZero(_group, heartbeat => Keep(ref evaluation, heartbeat), cancellationToken);
        return new FineTuningOutcome(true, StepsDone, evaluation, folder);
    }

    /// <summary>Makes one update. It never waits for the device.</summary>
    public void Step() => _loop.Step();

    /// <summary>Evaluates the network as it is now, on rank 0.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="InvalidOperationException">It was called on another rank, after that rank had waited for rank 0.</exception>
    public FineTuningEvaluation Evaluate(CancellationToken cancellationToken = default)
    {
        _loop.Evaluate(cancellationToken);
        return _run.LastEvaluation ?? throw new InvalidOperationException($"Evaluations are rank 0's; this is rank {_group.Rank}.");
    }

    /// <summary>Saves a checkpoint now, waits until it is on the disk and gives its folder.</summary>
    /// <exception cref="TrainingDivergedException">
    /// The last <see cref="TrainingOptions.MaxSkippedSteps"/> updates were left out, or a weight is not finite; nothing is saved then.
    /// </exception>
    public string Save(CancellationToken cancellationToken = default) => _loop.Save(cancellationToken);

    /// <summary>Frees the network and what belongs to the run.</summary>
    public void Dispose() => _loop.Dispose();

    // Writes the model that is kept, and gives its folder.
    private string Keep(ref FineTuningEvaluation? evaluation, Heartbeat heartbeat)
    {
        if (_run.BetterFolder(StepsDone) is string better)
        {
            using PretrainedWeights weights = PretrainedWeights.Open(better);
            PretrainedLoader.Load(_network.Model, weights, better);
            evaluation = FineTuningRun.Evaluate(
                _network, _data, _tokenizer, _run.BestStep, _run.Epoch(_run.BestStep), _task.MainMetric, heartbeat.Stop, onBatch: heartbeat.Beat);
        }

        string folder = Path.Combine(Options.OutputFolder, ModelFolder);
        _network.Save(folder, _tokenizer, Options.MaxLength!.Value);
        return folder;
    }

    private sealed class SilentObserver : IFineTuningObserver;
}

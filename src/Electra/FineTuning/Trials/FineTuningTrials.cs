using Electra.Distributed;
using Electra.Training;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Electra.FineTuning;

/// <summary>
/// Fine-tunes an encoder several times, each with another seed: small sets of examples give scores that differ by chance more than methods do. Each
/// run has a folder of its own, <c>seed-0</c> and so on, in the options' output folder, and goes on from there when it was stopped.
/// </summary>
public static class FineTuningTrials
{
    /// <summary>Makes all runs, one after the other.</summary>
    /// <param name="encoder">The Hugging Face folder of a pre-trained encoder, with its tokenizer.</param>
    /// <param name="task">What to fine-tune for.</param>
    /// <param name="options">How; the seed and the folder are each run's own.</param>
    /// <param name="trials">How often. <value>Default: seeds 0 to 4.</value></param>
    /// <param name="device">Where. <value>Default: the CPU.</value></param>
    /// <param name="observe">Who is told of a run, by its options. <value>Default: nobody.</value></param>
    /// <param name="logger">Is told as in <see cref="FineTuningTrainer"/>, and of runs that learned nothing.</param>
    /// <param name="group">
    /// The processes that share each update, as in <see cref="FineTuningTrainer"/>; each calls this, and rank 0 alone has the results of runs in its report.
    /// <value>Default: this process alone.</value>
    /// </param>
    /// <param name="cancellationToken">Stops a run, which is saved; those after it are not made.</param>
    /// <exception cref="ArgumentException">An option is out of range or of no use for the task.</exception>
    /// <exception cref="ProcessGroupException">A process was lost.</exception>
    public static TrialsReport Run(
        string encoder,
        FineTuningTask task,
        FineTuningOptions options,
        TrialsOptions? trials = null,
        Device? device = null,
        Func<FineTuningOptions, IFineTuningObserver?>? observe = null,
        ILogger<FineTuningTrainer>? logger = null,
        IProcessGroup? group = null,
        CancellationToken cancellationToken = default)
    {
        group ??= new SingleProcessGroup();
        trials = (trials ?? new TrialsOptions()).Validate();
        List<TrialResult> runs = [], random = [], retried = [];
        foreach (long seed in trials.Seeds.Take(trials.RandomWeightRuns))
        {
            if (!TryTo(options with { FromRandomWeights = true }, seed, $"random-{seed}", out TrialResult? result)) return Report(false);
            if (result is not null) random.Add(result with { Verdict = Judge(result.Evaluation, []) });
        }

        long next = trials.Seeds.Max() + 1;
        int retries = 0;
        foreach (long first in trials.Seeds)
        {
            for (long seed = first; ; seed = next++)
            {
                if (!TryTo(options, seed, $"seed-{seed}", out TrialResult? result)) return Report(false);
                FineTuningVerdict verdict = group.AtRankZero(() => Judge(result!.Evaluation, random));
                bool isKept = verdict == FineTuningVerdict.Learned || retries >= trials.Retries;
                if (result is not null) (isKept ? runs : retried).Add(result with { Verdict = verdict });
                if (isKept) break;
                retries++;
                if (group.Rank == 0) logger?.LogWarning("Seed {Seed} learned nothing ({Verdict}); the next one is tried in its place.", seed, verdict);
            }
        }

        return Report(true);

        TrialsReport Report(bool isComplete) => new(isComplete, runs, random, retried);

        // The result is rank 0's.
        bool TryTo(FineTuningOptions how, long seed, string folder, out TrialResult? result)
        {
            result = null;
            if (!new RankedRun(group).IsTrueOfAll(!cancellationToken.IsCancellationRequested)) return false;
            FineTuningOptions own = how with { Seed = seed, OutputFolder = Path.Combine(options.OutputFolder, folder) };
            using var trainer = new FineTuningTrainer(encoder, task, own, device, group.Rank == 0 ? observe?.Invoke(own) : null, logger, group: group);
            FineTuningOutcome outcome = trainer.Train(cancellationToken);
            if (outcome.IsComplete && group.Rank == 0) result = new TrialResult(seed, outcome.Evaluation!, FineTuningVerdict.Learned, outcome.Folder!, trainer.TimeUsed);
            return outcome.IsComplete;
        }
    }

    /// <summary>Whether a run learned anything.</summary>
    /// <param name="evaluation">Of its model.</param>
    /// <param name="randomWeights">Runs of the same network from random weights; none where there are none.</param>
    public static FineTuningVerdict Judge(FineTuningEvaluation evaluation, IReadOnlyList<TrialResult> randomWeights)
    {
        if (evaluation.Sets[0].IsOneClassOnly) return FineTuningVerdict.OneClassOnly;
        // A constant has no correlation: no score is no worse than that.
        if (double.IsNaN(evaluation.Score) || evaluation.Score <= evaluation.Baseline || (double.IsNaN(evaluation.Baseline) && evaluation.Score <= 0))
            return FineTuningVerdict.NoBetterThanBaseline;
        return randomWeights.Any(run => run.Evaluation.Score >= evaluation.Score) ? FineTuningVerdict.NoBetterThanRandomWeights : FineTuningVerdict.Learned;
    }
}

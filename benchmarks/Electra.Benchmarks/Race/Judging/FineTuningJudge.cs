using Electra.Benchmarks.Race.Training;
using Electra.FineTuning;

namespace Electra.Benchmarks.Race.Judging;

/// <summary>Fine-tunes an encoder on each task, by a recipe that hangs on its size alone.</summary>
internal static class FineTuningJudge
{
    private const double Epochs = 3;
    private static readonly long[] Seeds = [0, 1, 2];

    /// <summary>Adds the median of each task's main metric.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; what is done is found again.</exception>
    public static void Judge(RaceSettings settings, Contestant contestant, Judgement judgement, CancellationToken cancellationToken)
    {
        foreach (TextClassificationTask task in settings.Tasks)
        {
            FineTuningOptions options = FineTuningOptions.RecipeFor(contestant.Config) with
            {
                Epochs = Epochs,
                MaxLength = settings.Length,
                EvaluateEachEpoch = false,
                OutputFolder = Path.Combine(contestant.TrialsFolder, task.Name),
            };
            TrialsReport report = FineTuningTrials.Run(
                contestant.EncoderFolder, task, options, new TrialsOptions { Seeds = Seeds }, settings.Device, cancellationToken: cancellationToken);
            if (!report.IsComplete) throw new OperationCanceledException(cancellationToken);
            judgement.Add(JudgeColumn.OfTask(task.Name), report.Summary[task.MainMetric].Median, report.Runs[0].Evaluation.Baseline);
        }
    }
}

using System.Globalization;
using Electra.Checkpoints;
using Electra.FineTuning;
using Electra.Samples.FineTune.Options;
using static System.FormattableString;

namespace Electra.Samples.FineTune.Reporting;

/// <summary>Writes what is said of a fine-tuned model into the README.md of its folder.</summary>
internal static class FineTunedCard
{
    private const int Named = 20;

    /// <summary>Writes the file.</summary>
    public static void Write(FineTunePlan plan, TrialResult run)
    {
        FineTuningOptions options = plan.Options;
        IReadOnlyList<string> labels = plan.Task.Labels;
        string kinds = labels.Count == 0 ? "" : $" Labels: {string.Join(", ", labels.Take(Named))}{(labels.Count > Named ? Invariant($" and {labels.Count - Named} more") : "")}.";
        new ModelCard
        {
            Title = plan.Task.Name,
            Description = $"An ELECTRA encoder, fine-tuned.{kinds} The figures are those of the development set, by which the run was judged.",
            Data = Invariant($"{plan.Task.TrainingExamples:N0} labelled examples."),
            Training =
            [
                new("encoder", Path.GetFileName(Path.TrimEndingDirectorySeparator(plan.Model))),
                new("epochs", (options.Epochs ?? plan.Task.UsualEpochs).ToString(CultureInfo.InvariantCulture)),
                new("examples of an update", options.BatchSize.ToString(CultureInfo.InvariantCulture)),
                new("peak learning rate", options.LearningRate.ToString("0.0e+0", CultureInfo.InvariantCulture)),
                new("seed", run.Seed.ToString(CultureInfo.InvariantCulture)),
            ],
            Metrics = [.. run.Evaluation.Figures().Where(figure => double.IsFinite(figure.Value)).Select(figure => KeyValuePair.Create(figure.Name.Replace('_', ' '), figure.Value))],
        }.Save(run.Folder);
    }
}

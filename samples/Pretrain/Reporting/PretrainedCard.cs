using System.Globalization;
using Electra.Checkpoints;
using Electra.Data;
using Electra.Pretraining;
using Electra.Samples.Pretrain.Options;
using static System.FormattableString;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>What is said of a run's models in the README.md of their folders.</summary>
internal sealed class PretrainedCard(RunPlan plan, TokenShardManifest manifest, long steps, FinalFigures figures)
{
    private const int Named = 5;

    private PretrainingOptions Options => plan.Options;

    /// <summary>The card of one model.</summary>
    /// <param name="what">What it is, in a clause.</param>
    public ModelCard Of(string what) => new()
    {
        Title = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Options.OutputFolder)))}, {what.Split(',')[0]}",
        Description = $"An ELECTRA {what}. The figures are those of documents of the same corpus that it was not trained on; networks that were trained together have them in common.",
        Data = Invariant($"{Corpus()}: {manifest.Documents:N0} documents, {manifest.Tokens:N0} tokens of a vocabulary of {manifest.Vocabulary.Size:N0}; {Options.Data.HeldOutFraction:P1} of it held out."),
        Training = Training(),
        Metrics = [.. figures.Figures().Where(figure => double.IsFinite(figure.Value)).Select(figure => KeyValuePair.Create(figure.Name.Replace('_', ' '), figure.Value))],
    };

    // Names alone: where files lie is nobody's business.
    private string Corpus()
    {
        if (plan.IsDefaultCorpus) return "The reference documentation of the .NET SDK";
        string[] names = [.. plan.Corpus.Files.Select(path => Path.GetFileName(path))];
        return names.Length == 0 ? "A prepared corpus" : string.Join(", ", names.Take(Named)) + (names.Length > Named ? Invariant($" and {names.Length - Named:N0} more files") : "");
    }

    private List<KeyValuePair<string, string>> Training() =>
    [
        new("objective", $"{Options.Model.Objective}"),
        new("recipe", Path.GetFileName(plan.Model)),
        new("updates", steps.ToString("N0", CultureInfo.InvariantCulture)),
        new("examples of an update, tokens of an example", Invariant($"{Options.Data.BatchSize}, {Options.Data.SequenceLength}")),
        new("masked", RunLength.Masked(Options.Masking)),
        new("peak learning rate, warm-up", Invariant($"{Options.LearningRate:0.0e+0}, {Options.WarmupSteps:N0} updates")),
        new("seed", Options.Seed.ToString(CultureInfo.InvariantCulture)),
    ];
}

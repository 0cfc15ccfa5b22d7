using Electra.Distributed;
using Electra.FineTuning;
using Electra.Samples.FineTune.Options;
using Electra.Samples.FineTune.Reporting;
using Electra.Samples.Pretrain.Reporting;
using TorchSharp;

namespace Electra.Samples.FineTune;

/// <summary>Carries a plan out: fine-tunes as often as asked, and writes and tells what came of it. Of several ranks all train, and rank 0 does everything else.</summary>
internal sealed class FineTuneJob(FineTunePlan plan, torch.Device device, RunConsole console, IProcessGroup group)
{
    /// <summary>The job of one process.</summary>
    public FineTuneJob(FineTunePlan plan, torch.Device device, RunConsole console)
        : this(plan, device, console, new SingleProcessGroup())
    {
    }

    /// <summary>Runs it; false when it was interrupted.</summary>
    public bool Run(CancellationToken cancellationToken)
    {
        console.Head($"{plan.Task.Name}: {plan.Task.TrainingExamples:N0} examples{Labels()}");
        string ranks = RankText.Of(group);
        console.Say($"{plan.Model}, on {device}, rate {plan.Options.LearningRate:0.0e+0}, {plan.Options.Epochs ?? plan.Task.UsualEpochs} epochs, batch {plan.Options.BatchSize}"
            + (ranks.Length > 0 ? $"; {torch.get_num_threads()} thread(s) in each of {ranks}" : ""));
        if (plan.Skipped > 0) console.Warn($"{plan.Skipped:N0} row(s) could not be read and were left out");
        var curves = new Dictionary<string, RunCurves>();
        TrialsReport report = FineTuningTrials.Run(
            plan.Model, plan.Task, plan.Options, plan.Trials, device, Observe, new RunWarnings(console), group, cancellationToken);
        if (group.Rank != 0) return report.IsComplete;
        foreach (TrialResult run in report.Runs.Concat(report.RandomWeights).Concat(report.Retried)) Write(run, curves);
        if (report.Runs.Count > 0) new ResultsTable(console).Show(plan, report);
        if (!report.IsComplete) return false;
        ResultsFile.Write(Path.Combine(plan.Options.OutputFolder, "results.json"), plan, report);
        plan.Submission?.Write(report.Best!.Folder, plan, device, console, cancellationToken);
        string use = plan.Task switch { EmbeddingTask => "Search -- --model", RankingTask => "Search -- --reranker", _ => "Predict -- --model" };
        console.Say($"The best model is {report.Best!.Folder}; put it to work: dotnet run -c Release --project samples/{use} {report.Best!.Folder}");
        return true;

        IFineTuningObserver Observe(FineTuningOptions options)
        {
            var own = new RunCurves(Path.Combine(options.OutputFolder, "metrics.jsonl"));
            curves[Path.GetFullPath(options.OutputFolder)] = own;
            string name = options.FromRandomWeights ? $"random weights, seed {options.Seed}" : $"seed {options.Seed}";
            return new FineTuneDisplay(console, name);
        }
    }

    private void Write(TrialResult run, Dictionary<string, RunCurves> curves)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(run.Folder))!;
        PredictionsFile.Write(Path.Combine(folder, "predictions.tsv"), run.Evaluation.Sets[0]);
        if (File.Exists(Path.Combine(run.Folder, "config.json"))) FineTunedCard.Write(plan, run);
        if (curves.TryGetValue(folder, out RunCurves? own)) RunPicture.Save(Path.Combine(folder, "run.png"), own.Read(), run.Evaluation, plan.Task);
    }

    private string Labels() => plan.Task.Labels.Count switch
    {
        0 => "",
        <= 8 => $", labels {string.Join(", ", plan.Task.Labels)}",
        int more => $", {more} labels",
    };
}

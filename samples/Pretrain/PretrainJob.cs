using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Data;
using Electra.Distributed;
using Electra.Pretraining;
using Electra.Samples.Pretrain.Corpus;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Electra.Tokenization;
using Electra.Training;
using TorchSharp;

namespace Electra.Samples.Pretrain;

/// <summary>
/// The main job from text to Hugging Face folders, in the order in which it happens. Of several ranks all prepare the corpus and train, and rank 0 does everything else.
/// </summary>
internal sealed class PretrainJob(RunPlan plan, RunConsole console, IProcessGroup group)
{
    private readonly bool leads = group.Rank == 0;
    private readonly PretrainingOptions options = plan.Options;
    private readonly RunFolder folder = new(plan.Options.OutputFolder);
    private long stepsDone;

    /// <summary>The job of one process.</summary>
    public PretrainJob(RunPlan plan, RunConsole console)
        : this(plan, console, new SingleProcessGroup())
    {
    }

    /// <summary>Runs to the end or until cancelled.</summary>
    /// <returns>Whether the run is complete; otherwise it was saved and can go on.</returns>
    /// <exception cref="UsageException">What was asked for can't be done.</exception>
    /// <exception cref="RunInUseException">Another process is at work in the output folder.</exception>
    public bool Run(CancellationToken cancellationToken)
    {
        torch.Device device = DeviceChoice.Resolve(plan.Device);
        DeviceChoice.RequireBFloat16(options.Precision, device);
        try
        {
            using RunLock? folderLock = leads ? RunLock.Acquire(folder.Root) : null;
            return Run(device, folderLock, cancellationToken);
        }
        finally
        {
            if (leads) folder.DropUnused();
        }
    }

    private bool Run(torch.Device device, RunLock? folderLock, CancellationToken cancellationToken)
    {
        console.Head("Corpus");
        PreparedCorpus corpus = new CorpusPreparation(plan, folder, console, group).Prepare(cancellationToken);
        using PretrainingDataset data = OpenData(corpus);
        ShowData(data, corpus);
        if (!options.Resume && leads) StartOver();

        using var networks = new StartingNetworks(plan, folder, console, leads);
        using ElectraPretrainingModel model = networks.Make(corpus.Tokenizer, device);
        FinalEvaluation? evaluation = Heartbeat.Run(group, heartbeat => leads ? new FinalEvaluation(data, corpus.Tokenizer, plan, heartbeat) : null, cancellationToken);
        var curves = new TrainingCurves(folder.Metrics);
        bool isComplete = Train(model, networks, data, curves, folderLock, cancellationToken);
        return Heartbeat.AtRankZero(
            group,
            heartbeat =>
            {
                TrainingPlot.Save(folder.Plot, curves.Points);
                return isComplete && Conclude(model, evaluation!, corpus.Tokenizer, data.Manifest, heartbeat);
            },
            cancellationToken);
    }

    private bool Conclude(ElectraPretrainingModel model, FinalEvaluation evaluation, ElectraTokenizer tokenizer, TokenShardManifest text, Heartbeat heartbeat)
    {
        FinalFigures figures;
        try
        {
            figures = Evaluate(model, evaluation, tokenizer, heartbeat);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        Export(model, tokenizer, new PretrainedCard(plan, text, stepsDone, figures), heartbeat);
        return true;
    }

    private void StartOver()
    {
        if (folder.HasCheckpoints) console.Warn($"--resume never: deleting the run in '{folder.Root}' ({folder.Remains}); its prepared corpus stays");
        folder.StartOver();
    }

    private PretrainingDataset OpenData(PreparedCorpus corpus)
    {
        try
        {
            return PretrainingDataset.Open(corpus.ShardFolder, options.Data);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(exception.Message);
        }
    }

    private void ShowData(PretrainingDataset data, PreparedCorpus corpus)
    {
        if (corpus.IsReused) console.Say($"reusing the vocabulary and shards under {folder.Root}");
        console.Say($"vocabulary {corpus.Tokenizer.VocabSize:N0} tokens; {CorpusSummary.Text(data.Manifest)}");
        console.Say(CorpusSummary.HeldOut(data.HeldOutReport));
        if (CorpusSummary.Warning(data.HeldOutReport, options.Data.HeldOutFraction) is { } warning) console.Warn(warning);
    }

    private bool Train(
        ElectraPretrainingModel model, StartingNetworks networks, PretrainingDataset data, TrainingCurves curves, RunLock? folderLock, CancellationToken cancellationToken)
    {
        console.Head("Pre-training");
        var display = new ProgressDisplay(console, isTimed: options.Budget is not null);
        ObserverGroup observers = leads ? new ObserverGroup(curves, new TensorBoardEvents(folder.TensorBoard), display) : new ObserverGroup();
        using PretrainingTrainer trainer = CreateTrainer(model, data, observers, folderLock);
        ElectraConfig config = model.Config;
        string ranks = RankText.Of(group);
        console.Say($"{RunPlanBuilder.Objectives.First(item => item.Value == options.Model.Objective).Key} '{plan.Model}': {config.NumHiddenLayers} layers x {config.HiddenSize}, "
            + $"{trainer.ParameterCount:N0} parameters; {model.ComputeDtype} on {model.Device}, {torch.get_num_threads()} thread(s)"
            + (ranks.Length > 0 ? $" in each of {ranks}" : ""));
        console.Say(RunLength.Of(options));
        console.Say($"{options.Schedule} schedule, peak rate {options.LearningRate:0.0e+0}, warm-up {options.WarmupSteps:N0}, "
            + $"{RunLength.Masked(options.Masking)} masked, seed {options.Seed}");
        networks.GiveState(trainer);
        if (trainer.IsComplete)
        {
            string more = options.Budget is null ? $"a larger --steps than {options.TrainSteps:N0}" : "a longer --budget";
            console.Say($"this run is complete and is only evaluated again; to train on, give {more}");
        }
        else if (trainer.StepsDone > 0)
        {
            string used = options.Budget is null ? "" : $", with {RunLength.Text(trainer.TimeUsed)} of the time used";
            console.Say($"going on from step {trainer.StepsDone:N0}{used}");
        }

        bool isComplete = false;
        display.Run(() => isComplete = trainer.Train(cancellationToken).Completed);
        stepsDone = trainer.StepsDone;
        if (isComplete && options.AverageDecay > 0)
        {
            trainer.UseAverage(); // for good: judged and written from here on
            console.Say($"what follows is the average of the weights (decay {options.AverageDecay}); the checkpoint has both");
        }

        return isComplete;
    }

    private PretrainingTrainer CreateTrainer(
        ElectraPretrainingModel model, PretrainingDataset data, IPretrainingObserver observer, RunLock? folderLock)
    {
        try
        {
            return new PretrainingTrainer(model, data, options, observer, new ConsoleWarnings(console), folderLock: folderLock, group: group);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"{exception.Message.ReplaceLineEndings(" ")} (On the command line: --output, --resume never.)");
        }
    }

    private FinalFigures Evaluate(ElectraPretrainingModel model, FinalEvaluation evaluation, ElectraTokenizer tokenizer, Heartbeat heartbeat)
    {
        SpecialTokens special = tokenizer.SpecialTokens;
        TokenScorer? scorer = model.HasDiscriminator ? new DiscriminatorScorer(model.Discriminator, special.ClsId, special.SepId) { OnBatch = heartbeat.Beat }.Score : null;
        FinalFigures figures = console.Working("evaluating on held-out documents", _ => evaluation.Run(model, options.Masking, scorer, heartbeat));
        const string final = "final";
        using (MetricsLog log = MetricsLog.Resume(folder.Metrics, stepsDone, anew: final)) log.Write(stepsDone, final, [.. figures.Figures()]);
        figures.Show(console);
        if (scorer is not null && evaluation.Swaps is { } swaps) Demonstration.Show(console, swaps, evaluation.Words, scorer, DefaultJob.DemonstrationSentences);
        return figures;
    }

    private void Export(ElectraPretrainingModel model, ElectraTokenizer tokenizer, PretrainedCard card, Heartbeat heartbeat)
    {
        List<string> written = [];
        if (model.HasDiscriminator)
        {
            model.Discriminator.SavePretrained(folder.Discriminator, tokenizer, new() { Card = card.Of("discriminator, the encoder to fine-tune: it tells of every token whether it was replaced") });
            written.Add($"{folder.Discriminator}  the encoder to fine-tune, a Hugging Face folder");
        }
        else if (options.Model.Objective != PretrainingObjective.MaskedLM)
        {
            model.LanguageModel.SavePretrained(folder.LanguageModel, tokenizer, new() { Card = card.Of("language model, the encoder to fine-tune") });
            written.Add($"{folder.LanguageModel}  the encoder to fine-tune, a Hugging Face folder");
        }

        heartbeat.Beat();
        if (model.HasGenerator)
        {
            model.Generator.SavePretrained(folder.Generator, tokenizer, new() { Card = card.Of("masked language model, which fills in words at [MASK]") });
            written.Add($"{folder.Generator}  the {(written.Count > 0 ? "generator" : "masked language model")}, likewise");
        }

        console.Head("Written");
        foreach (string line in written) console.Say(line);
        console.Say($"{folder.Plot}, {folder.Metrics}, {folder.TensorBoard}");
    }
}

using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Data;
using Electra.Pretraining;
using Electra.Pretraining.Evaluation;
using Electra.Samples.Pretrain.Corpus;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Electra.Tokenization;
using Electra.Training;
using TorchSharp;

namespace Electra.Samples.Pretrain;

/// <summary>The main job from text to Hugging Face folders, in the order in which it happens.</summary>
internal sealed class PretrainJob(RunPlan plan, RunConsole console)
{
    private readonly RunFolder folder = new(plan.Output);
    private long stepsDone;

    /// <summary>Runs to the end or until cancelled.</summary>
    /// <returns>Whether the run is complete; otherwise it was saved and can go on.</returns>
    /// <exception cref="UsageException">What was asked for can't be done.</exception>
    public bool Run(CancellationToken cancellationToken)
    {
        torch.Device device = DeviceChoice.Resolve(plan.Device);
        DeviceChoice.RequireFast(plan.Precision, device);
        console.Head("Corpus");
        PreparedCorpus corpus = new CorpusPreparation(plan, folder, console).Prepare(cancellationToken);
        using PretrainingDataset data = OpenData(corpus);
        ShowData(data, corpus);
        if (!plan.Resume) folder.StartOver();

        PretrainingOptions options = plan.ToOptions();
        ElectraConfig config = plan.Config with
        {
            VocabSize = corpus.Tokenizer.VocabularySize,
            PadTokenId = corpus.Tokenizer.SpecialTokens.PadId,
        };
        using var model = new ElectraPretrainingModel(config, options.Model, device);
        var evaluation = new FinalEvaluation(data, corpus.Tokenizer, plan);
        var curves = new TrainingCurves(folder.Metrics);
        bool isComplete = Train(model, data, options, curves, cancellationToken);
        TrainingPlot.Save(folder.Plot, curves.Points, evaluation.UnigramEntropy);
        if (!isComplete) return false;

        Evaluate(model, evaluation, options, corpus.Tokenizer);
        Export(model, corpus.Tokenizer);
        return true;
    }

    private PretrainingDataset OpenData(PreparedCorpus corpus)
    {
        try
        {
            return PretrainingDataset.Open(corpus.ShardFolder, plan.ToOptions().Data);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(exception.Message);
        }
    }

    private void ShowData(PretrainingDataset data, PreparedCorpus corpus)
    {
        if (corpus.IsReused) console.Say($"reusing the vocabulary and shards under {folder.Root}");
        (TokenCorpus training, TokenCorpus heldOut) = (data.Training.Corpus, data.HeldOut.Corpus);
        console.Say($"vocabulary {corpus.Tokenizer.VocabularySize:N0} tokens; {training.DocumentCount:N0} documents with "
            + $"{training.TokenCount:N0} tokens to train on, {heldOut.DocumentCount:N0} with {heldOut.TokenCount:N0} held out");
    }

    private bool Train(
        ElectraPretrainingModel model,
        PretrainingDataset data,
        PretrainingOptions options,
        TrainingCurves curves,
        CancellationToken cancellationToken)
    {
        console.Head("Pre-training");
        var display = new ProgressDisplay(console, isTimed: plan.Budget is not null);
        var observers = new ObserverGroup(curves, new TensorBoardEvents(folder.TensorBoard), display);
        using PretrainingTrainer trainer = CreateTrainer(model, data, options, observers);
        ElectraConfig config = model.Config;
        console.Say($"{(plan.IsElectra ? "ELECTRA" : "masked LM")} '{plan.Model}': {config.NumHiddenLayers} layers x {config.HiddenSize}, "
            + $"{trainer.ParameterCount:N0} parameters; {model.ComputeDtype} on {model.Device}, {torch.get_num_threads()} thread(s)");
        console.Say(RunLength.Of(plan));
        console.Say($"{plan.Schedule} schedule, peak rate {plan.LearningRate:0.0e+0}, warm-up {plan.WarmupSteps:N0}, "
            + $"{plan.MaskProbability:P0} masked, seed {plan.Seed}");
        if (trainer.IsComplete)
        {
            console.Say("this run is complete; it is evaluated again");
            curves.OnStarted(trainer.StepsDone, null);
            stepsDone = trainer.StepsDone;
            return true;
        }

        if (trainer.StepsDone > 0)
        {
            string used = plan.Budget is null ? "" : $", with {RunLength.Text(trainer.TimeUsed)} of the time used";
            console.Say($"going on from step {trainer.StepsDone:N0}{used}");
        }

        bool isComplete = false;
        display.Run(() => isComplete = trainer.Train(cancellationToken).Completed);
        stepsDone = trainer.StepsDone;
        return isComplete;
    }

    private static PretrainingTrainer CreateTrainer(
        ElectraPretrainingModel model, PretrainingDataset data, PretrainingOptions options, IPretrainingObserver observer)
    {
        try
        {
            return new PretrainingTrainer(model, data, options, observer);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"{exception.Message.ReplaceLineEndings(" ")} (On the command line: --output, --resume never.)");
        }
    }

    private void Evaluate(ElectraPretrainingModel model, FinalEvaluation evaluation, PretrainingOptions options, ElectraTokenizer tokenizer)
    {
        SpecialTokens special = tokenizer.SpecialTokens;
        int[] neverMasked = [special.PadId, special.ClsId, special.SepId]; // as in training
        using var masker = new TokenMasker(options.Masking, tokenizer.VocabularySize, special.MaskId, neverMasked, model.Device);
        TokenScorer? scorer = plan.IsElectra ? new DiscriminatorScorer(model.Discriminator, special.ClsId, special.SepId).Score : null;
        FinalFigures figures = console.Working("evaluating on held-out documents", _ => evaluation.Run(model, masker, scorer));
        using (MetricsLog log = MetricsLog.Resume(folder.Metrics, stepsDone)) log.Write(stepsDone, "final", [.. figures.Figures()]);
        figures.Show(console);
        if (scorer is null || evaluation.Swaps is not { } swaps) return;
        Demonstration.Show(console, swaps, evaluation.Words, scorer, DefaultJob.DemonstrationSentences);
    }

    private void Export(ElectraPretrainingModel model, ElectraTokenizer tokenizer)
    {
        model.Generator.SavePretrained(folder.Generator, tokenizer);
        if (plan.IsElectra) model.Discriminator.SavePretrained(folder.Discriminator, tokenizer);
        console.Head("Written");
        if (plan.IsElectra) console.Say($"{folder.Discriminator}  the encoder to fine-tune, a Hugging Face folder");
        console.Say($"{folder.Generator}  the {(plan.IsElectra ? "generator" : "masked language model")}, likewise");
        console.Say($"{folder.Plot}, {folder.Metrics}, {folder.TensorBoard}");
    }
}

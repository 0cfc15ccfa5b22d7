using Electra.Configuration;
using Electra.Pretraining;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.Samples.Pretrain;

/// <summary>The networks of a run as they begin: fresh, or loaded and given more words and positions.</summary>
internal sealed class StartingNetworks(RunPlan plan, RunFolder folder, RunConsole console, bool leads) : IDisposable
{
    private PretrainingSource? source;
    private bool isExtended;

    /// <summary>Makes them; of a run that is under way they only have the right sizes, and the trainer fills them.</summary>
    /// <param name="tokenizer">With all words.</param>
    /// <param name="device">Where.</param>
    /// <exception cref="UsageException">The weights can't be loaded.</exception>
    public ElectraPretrainingModel Make(ElectraTokenizer tokenizer, Device device)
    {
        PretrainingModelOptions options = plan.Options.Model;
        if (plan.Start is not { } start) return new ElectraPretrainingModel(plan.Config.WithVocabulary(tokenizer), options, device);
        ElectraConfig Sized(ElectraConfig config) => StartPlan.Sized(config, tokenizer, plan.Config.MaxPositionEmbeddings);
        if (start.IsUnderWay) return new ElectraPretrainingModel(Sized(start.Config), start.GeneratorConfig is { } generator ? Sized(generator) : null, options, device);
        try
        {
            source = PretrainingSource.Open(start.From, start.Generator, start.Heads);
            ElectraPretrainingModel loaded = source.Load(options, out PretrainingLoadReport report, device);
            console.Say($"weights of {source.Name}: {report}");
            ElectraPretrainingModel extended = Extended(loaded, start.Tokenizer!, tokenizer);
            if (leads) StartFile.Write(folder.Start, start);
            return extended;
        }
        catch (Exception exception) when (RunPlanChecks.IsUnusableFile(exception))
        {
            throw new UsageException($"--from: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Gives moments and step to the trainer, where there are some and they were not declined.</summary>
    /// <exception cref="UsageException">They can't be taken.</exception>
    public void GiveState(PretrainingTrainer trainer)
    {
        if (source is null || plan.Start is not { KeepsState: true } start) return;
        if (start.Step is null || isExtended)
        {
            if (start.Kind != PretrainingSourceKind.Folders) console.Say($"the optimizer's moments start fresh, at step 0: {(isExtended ? "the networks have grown" : $"{source.Name} has none")}");
            return;
        }

        try
        {
            if (trainer.StartFrom(source)) console.Say($"with the optimizer's moments, from step {start.Step:N0}");
        }
        catch (Exception exception) when (RunPlanChecks.IsUnusableFile(exception))
        {
            throw new UsageException($"{exception.Message.ReplaceLineEndings(" ")} (On the command line: a larger --steps, which count from the first run's beginning, or --from-state fresh.)");
        }
    }

    public void Dispose() => source?.Dispose();

    private ElectraPretrainingModel Extended(ElectraPretrainingModel model, ElectraTokenizer old, ElectraTokenizer tokenizer)
    {
        string[] words = [.. tokenizer.Vocabulary.Skip(old.VocabSize)];
        if (words.Length > 0) Replace(model.WithWords([.. words.Select(word => old.EncodeToIds(word))], old.VocabSize));
        if (plan.Config.MaxPositionEmbeddings > model.Config.MaxPositionEmbeddings) Replace(model.WithPositions(plan.Config.MaxPositionEmbeddings));
        return model;

        void Replace(ElectraPretrainingModel extended)
        {
            model.Dispose();
            (model, isExtended) = (extended, true);
        }
    }
}

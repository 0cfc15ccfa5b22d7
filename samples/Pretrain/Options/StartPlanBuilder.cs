using Electra.Configuration;
using Electra.Optimization;
using Electra.Pretraining;
using Electra.Tokenization;
using static Electra.Samples.Pretrain.Options.RunPlanChecks;

namespace Electra.Samples.Pretrain.Options;

/// <summary>What --from and its companions ask for: looked up in the weights that they name or, once the run is under way, in its own folder.</summary>
internal static class StartPlanBuilder
{
    /// <summary>Finds out what a run begins with, and how it is trained unless told.</summary>
    /// <param name="arguments">What was typed.</param>
    /// <param name="file">That of --options.</param>
    /// <returns>The plan and the recipe, in which generator size, sharing of embeddings and start of positions fit the weights; null without --from.</returns>
    /// <exception cref="UsageException">It can't be used; one line says what to do.</exception>
    public static (StartPlan Plan, PretrainingOptions Recipe)? Build(PretrainArguments arguments, OptionsFile file)
    {
        var folder = new RunFolder(arguments.Output);
        bool isUnderWay = arguments.Resume && folder.HasCheckpoints;
        if (arguments.From is null)
        {
            return isUnderWay && File.Exists(folder.Start)
                ? throw new UsageException($"The run in '{arguments.Output}' began from other weights: type the same --from again to go on with it, or add --resume never to start anew.")
                : null;
        }

        if (isUnderWay && !File.Exists(folder.Start))
            throw new UsageException($"The run in '{arguments.Output}' began with fresh weights: leave --from out to go on with it; name another --output, or add --resume never, to start anew.");
        try
        {
            return isUnderWay ? Recorded(StartFile.Read(folder.Start, arguments), arguments, file) : Opened(arguments, file);
        }
        catch (Exception exception) when (IsUnusableFile(exception))
        {
            throw new UsageException($"--from: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static (StartPlan, PretrainingOptions) Recorded(StartPlan plan, PretrainArguments arguments, OptionsFile file)
    {
        plan = WithTyped(plan, arguments);
        PretrainingOptions recipe = file.Over(Recipe(plan, arguments));
        PretrainingModelOptions fitted = recipe.Model with
        {
            GeneratorSize = plan.GeneratorConfig is null ? recipe.Model.GeneratorSize : plan.Model.GeneratorSize,
            EmbeddingSharing = file.Sharing ?? plan.Model.EmbeddingSharing,
            PositionInitialization = plan.Model.PositionInitialization,
            Generator = plan.Model.Generator,
            Objective = plan.Model.Objective,
        };
        return (plan, recipe with { Model = fitted });
    }

    private static (StartPlan, PretrainingOptions) Opened(PretrainArguments arguments, OptionsFile file)
    {
        using PretrainingSource source = PretrainingSource.Open(arguments.From!, arguments.FromGenerator, arguments.FromHeads);
        ElectraTokenizer tokenizer = Tokenizer(source, arguments);
        var plan = WithTyped(
            new StartPlan
            {
                From = arguments.From!,
                Generator = arguments.FromGenerator,
                Heads = arguments.FromHeads,
                Kind = source.Kind,
                Config = source.Config,
                GeneratorConfig = source.GeneratorConfig,
                Saved = source.Options,
                Tokenizer = tokenizer,
                VocabularyHash = tokenizer.VocabularyHash,
                Step = source.Step,
            },
            arguments);
        PretrainingOptions recipe = file.Over(Recipe(plan, arguments));
        PretrainingModelOptions model = recipe.Model;
        if (arguments.Objective is { } objective) model = model with { Objective = RunPlanBuilder.Objectives[objective] };
        if (arguments.Generator is { } kind) model = model with { Generator = Enum.Parse<GeneratorKind>(kind, ignoreCase: true) };
        model = source.Fit(model);
        if (file.Sharing is { } sharing) model = model with { EmbeddingSharing = sharing };
        bool hasGenerator = model.Generator == GeneratorKind.Trained && model.Objective != PretrainingObjective.MaskedLM;
        return (plan with { Model = model, GeneratorConfig = hasGenerator ? plan.GeneratorConfig : null }, recipe with { Model = model });
    }

    private static StartPlan WithTyped(StartPlan plan, PretrainArguments arguments)
    {
        if (plan.GeneratorConfig is not null && arguments.GeneratorSize is not null)
            throw new UsageException($"--generator-size is for a fresh generator, and that of '{plan.From}' is {plan.GeneratorConfig.HiddenSize} wide; drop it.");
        if (arguments.MaxPositions < plan.Config.MaxPositionEmbeddings)
            throw new UsageException($"--max-positions is {arguments.MaxPositions}, but '{plan.From}' has {plan.Config.MaxPositionEmbeddings} positions already; give more, or drop it.");
        if (arguments.ExtraWords is { } file && !File.Exists(file)) throw new UsageException($"--extra-words '{file}' does not exist; name a file with a word on each line.");
        return plan with { KeepsState = arguments.KeepsState, ExtraWords = arguments.ExtraWords, ExtraWordCount = AtLeast("--extra-word-count", arguments.ExtraWordCount ?? 0, 0) };
    }

    // Google's checkpoints do not say how text was normalised, and may have no vocabulary beside them.
    private static ElectraTokenizer Tokenizer(PretrainingSource source, PretrainArguments arguments)
    {
        bool isTold = arguments.Vocabulary is not null || arguments.Cased || arguments.KeepAccents;
        if (!isTold) return source.Tokenizer;
        if (source.Kind != PretrainingSourceKind.Google)
            throw new UsageException($"--vocab, --cased and --keep-accents do not go with --from: vocabulary and casing are those of '{arguments.From}'; drop them.");
        var options = new ElectraTokenizerOptions { Lowercase = !arguments.Cased, StripAccents = arguments.KeepAccents ? false : null };
        string vocabulary = arguments.Vocabulary ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(source.Name))!, "vocab.txt");
        return ElectraTokenizer.FromVocabulary(vocabulary, options);
    }

    /// <summary>That of the run that left the weights, or of the preset of this size; Google's moments go on with Google's update and rates.</summary>
    private static PretrainingOptions Recipe(StartPlan plan, PretrainArguments arguments)
    {
        if (arguments.Model is not null && !IsLike(plan.Config, arguments.Model))
        {
            throw new UsageException($"--model '{arguments.Model}' is not the network of '{plan.From}' ({plan.Config.NumHiddenLayers} layers x {plan.Config.HiddenSize}): drop it, and type what of its recipe you want.");
        }

        string[] same = [.. PretrainingOptions.RecipeNames.Where(name => IsLike(plan.Config, name))];
        string nearest = plan.Config.HiddenSize switch { >= 1024 => "large", >= 768 => "base", >= 256 => "small", _ => "tiny" };
        PretrainingOptions recipe = (arguments.Model is null ? plan.Saved : null) ?? PretrainingOptions.Recipe(same.FirstOrDefault(nearest));
        if (plan.Kind == PretrainingSourceKind.Google && plan.Step is not null && arguments.KeepsState)
            recipe = recipe with { Optimizer = recipe.Optimizer with { Flavor = AdamWFlavor.Google }, Schedule = LearningRateScheduleKind.Google };
        int positions = arguments.MaxPositions ?? plan.Config.MaxPositionEmbeddings;
        return recipe with { Phases = [], Data = recipe.Data with { SequenceLength = Math.Min(recipe.Data.SequenceLength, positions) } };
    }

    private static bool IsLike(ElectraConfig config, string preset)
    {
        if (!PretrainingOptions.RecipeNames.Contains(preset)) return false;
        ElectraConfig named = ElectraConfig.Preset(preset);
        return (config.NumHiddenLayers, config.HiddenSize, config.NumAttentionHeads, config.IntermediateSize, config.EmbeddingSize)
            == (named.NumHiddenLayers, named.HiddenSize, named.NumAttentionHeads, named.IntermediateSize, named.EmbeddingSize);
    }
}

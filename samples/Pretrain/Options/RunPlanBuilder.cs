using Electra.Configuration;
using Electra.Data;
using Electra.Optimization;
using Electra.Pretraining;
using Electra.Samples.Pretrain.Corpus;
using Electra.Tokenization;
using Electra.Training;
using static Electra.Samples.Pretrain.Options.RunPlanChecks;

namespace Electra.Samples.Pretrain.Options;

/// <summary>Fills what was not typed from the model's recipe and refuses what can't work, before anything is written.</summary>
internal static class RunPlanBuilder
{
    private const int ShortestSequence = 8;
    private const int MicroBatchOnCpu = 32;

    /// <summary>What a run can learn from, by the names of the command line.</summary>
    public static IReadOnlyDictionary<string, PretrainingObjective> Objectives { get; } = new Dictionary<string, PretrainingObjective>
    {
        ["electra"] = PretrainingObjective.Electra,
        ["mlm"] = PretrainingObjective.MaskedLM,
        ["electra-15"] = PretrainingObjective.ElectraMaskedOnly,
        ["replace-mlm"] = PretrainingObjective.ReplaceMaskedLM,
        ["all-tokens-mlm"] = PretrainingObjective.AllTokensMaskedLM,
        ["corrective"] = PretrainingObjective.CorrectiveLM,
        ["adversarial"] = PretrainingObjective.Adversarial,
        ["electric"] = PretrainingObjective.Electric,
    };

    // Launching the kernels of a pass costs a GPU more than computing 16,384 positions of "small"; "large" takes some 30 GB for them.
    private const int PositionsOnGpu = 16_384;

    /// <summary>Checks the arguments.</summary>
    /// <param name="arguments">What was typed.</param>
    /// <param name="onGpu">Whether the run goes to a GPU, which takes larger micro-batches unless one was typed.</param>
    /// <exception cref="UsageException">One line that says what to do.</exception>
    public static RunPlan Build(PretrainArguments arguments, bool onGpu = false)
    {
        TypedTogether(arguments);
        OptionsFile file = OptionsFile.Read(arguments.OptionsFile);
        (StartPlan Plan, PretrainingOptions Recipe)? start = StartPlanBuilder.Build(arguments, file);
        (string model, ElectraConfig config, PretrainingOptions recipe) = start is { } from
            ? (from.Plan.From, from.Plan.Config with { MaxPositionEmbeddings = arguments.MaxPositions ?? from.Plan.Config.MaxPositionEmbeddings }, from.Recipe)
            : FindModel(arguments.Model);
        if (start is null) recipe = file.Over(recipe);
        var plan = new RunPlan
        {
            Model = model,
            Config = config,
            Options = Override(recipe, arguments, file, onGpu),
            Corpus = FindCorpus(arguments),
            IsDefaultCorpus = arguments.Corpus.Count == 0,
            KeepPrepared = arguments.KeepPrepared,
            Reading = new CorpusOptions { OneDocumentPerLine = arguments.OneDocumentPerLine, SkipMalformed = arguments.SkipBadLines },
            Vocabulary = arguments.Vocabulary,
            Learning = new WordPieceTrainerOptions
            {
                VocabSize = arguments.VocabSize ?? config.VocabSize,
                AlphabetLimit = arguments.Alphabet is int characters ? AtLeast("--alphabet", characters, 1) : null,
                MinimumFrequency = AtLeast("--min-frequency", arguments.MinimumFrequency ?? new WordPieceTrainerOptions().MinimumFrequency, 1),
                Tokenizer = new ElectraTokenizerOptions { Lowercase = !arguments.Cased, StripAccents = arguments.KeepAccents ? false : null },
            },
            Device = arguments.Device,
            Start = start?.Plan,
        };
        Device(plan.Device);
        Together(plan);
        Vocabulary(plan);
        Output(plan.Options.OutputFolder);
        return plan;
    }

    private static (string Name, ElectraConfig Config, PretrainingOptions Recipe) FindModel(string? model)
    {
        if (model is null) return (DefaultJob.Name, DefaultJob.Config, DefaultJob.Options);
        if (PretrainingOptions.RecipeNames.Contains(model)) return (model, ElectraConfig.Preset(model), PretrainingOptions.Recipe(model));
        if (!File.Exists(model))
        {
            throw new UsageException(
                $"--model '{model}' is neither {string.Join(", ", PretrainingOptions.RecipeNames)} nor a file; name one of them or a config.json.");
        }

        try
        {
            return (model, ElectraConfig.Load(model).Validate(), PretrainingOptions.Recipe("tiny"));
        }
        catch (Exception exception) when (IsUnusableFile(exception))
        {
            throw new UsageException($"--model '{model}' can't be used: {exception.Message}");
        }
    }

    /// <summary>The recipe with what was typed in place of its own.</summary>
    private static PretrainingOptions Override(PretrainingOptions recipe, PretrainArguments arguments, OptionsFile file, bool onGpu)
    {
        long steps = AtLeast("--steps", arguments.Steps ?? recipe.TrainSteps, 1);
        int batch = AtLeast("--batch-size", arguments.BatchSize ?? recipe.Data.BatchSize, 1);
        int length = arguments.SequenceLength ?? recipe.Data.SequenceLength;
        BatchRamp? ramp = arguments.BatchRamp is { } rampText ? ScheduleText.Ramp(rampText) : recipe.BatchRamp;
        IReadOnlyList<TrainingPhase> phases = arguments.Phases is { } phaseText ? ScheduleText.Phases(phaseText) : recipe.Phases;
        int most = recipe.Data.MicroBatchSize ?? MicroBatchOnCpu;
        if (onGpu) most = Math.Max(most, PositionsOnGpu / Math.Max(1, phases is [var first, ..] ? first.SequenceLength : length));
        int micro = AtLeast("--micro-batch-size", arguments.MicroBatchSize ?? LargestDivisor(most, batch, ramp?.InitialBatchSize ?? batch), 1);
        phases = WithMicroBatches(phases, batch, micro, ramp);
        TimeSpan? budget = arguments.Budget is { } time ? ScheduleText.Budget(time) : arguments.Steps is null ? recipe.Budget : null;
        // a run shorter than the recipe's keeps a warm-up of a tenth
        long warmup = arguments.WarmupSteps ?? (file.Says(nameof(recipe.WarmupSteps)) ? recipe.WarmupSteps : Math.Min(recipe.WarmupSteps, Math.Max(1, steps / 10)));
        double heldOut = arguments.Corpus.Count > 0 || file.Says(nameof(recipe.Data), nameof(recipe.Data.HeldOutFraction)) ? recipe.Data.HeldOutFraction : DefaultJob.HeldOutFraction;
        PretrainingOptions options = recipe with
        {
            Model = recipe.Model with
            {
                GeneratorSize = arguments.GeneratorSize ?? recipe.Model.GeneratorSize,
                PositionInitialization = arguments.Positions is { } start ? Enum.Parse<PositionInitialization>(start, ignoreCase: true) : recipe.Model.PositionInitialization,
                Generator = arguments.Generator is { } kind ? Enum.Parse<GeneratorKind>(kind, ignoreCase: true) : recipe.Model.Generator,
                Seed = Seed(recipe.Model.Seed, nameof(recipe.Model)),
            },
            Optimizer = arguments.Optimizer is { } flavor ? recipe.Optimizer with { Flavor = Enum.Parse<AdamWFlavor>(flavor, ignoreCase: true) } : recipe.Optimizer,
            Data = recipe.Data with
            {
                SequenceLength = phases is [.., var last] ? last.SequenceLength : AtLeast("--sequence-length", length, ShortestSequence),
                BatchSize = batch,
                MicroBatchSize = micro,
                SecondSegmentShare = arguments.SecondSegments ?? recipe.Data.SecondSegmentShare,
                Seed = Seed(recipe.Data.Seed, nameof(recipe.Data)),
                HeldOutFraction = arguments.HeldOutShare ?? heldOut,
            },
            TrainSteps = steps,
            Budget = budget,
            Phases = phases,
            BatchRamp = ramp,
            LearningRate = arguments.LearningRate ?? recipe.LearningRate,
            WarmupSteps = AtLeast("--warmup-steps", warmup, 0),
            Schedule = arguments.Schedule is { } shape ? ScheduleText.Kind(shape) : recipe.Schedule,
            Precision = arguments.Precision switch
            {
                "fp32" => TrainingPrecision.Float32,
                "bf16" => TrainingPrecision.BFloat16,
                "auto" => TrainingPrecision.Auto,
                _ => recipe.Precision,
            },
            Seed = Seed(recipe.Seed),
            OutputFolder = arguments.Output,
            Resume = arguments.Resume,
            LogEvery = AtLeast("--log-every", arguments.LogEvery ?? recipe.LogEvery, 1),
            EvaluateEvery = AtLeast("--eval-every", arguments.EvaluateEvery ?? recipe.EvaluateEvery, 0),
            EvaluationExamples = file.Says(nameof(recipe.EvaluationExamples)) ? recipe.EvaluationExamples : DefaultJob.EvaluationExamples,
            SaveEvery = AtLeast("--save-every", arguments.SaveEvery ?? recipe.SaveEvery, 0),
            MaxSkippedSteps = AtLeast("--max-skipped-steps", arguments.MaxSkippedSteps ?? recipe.MaxSkippedSteps, 1),
            MaxRollbacks = AtLeast("--rollbacks", arguments.Rollbacks ?? recipe.MaxRollbacks, 0),
            LossSpikeThreshold = arguments.LossSpike ?? recipe.LossSpikeThreshold,
            AlarmPatience = file.Says(nameof(recipe.AlarmPatience)) ? recipe.AlarmPatience : budget is null ? Math.Max(1, steps / 3) : 1_000,
        };
        PretrainingObjective objective = arguments.Objective is { } typed ? Objectives[typed] : recipe.Model.Objective;
        if (objective == PretrainingObjective.MaskedLM) return options.AsMaskedLM();
        bool needsNoise = objective == PretrainingObjective.Electric && arguments.Generator is null && options.Model.Generator == GeneratorKind.Trained;
        return options with { Model = options.Model with { Objective = objective, Generator = needsNoise ? GeneratorKind.Unigram : options.Model.Generator } };

        // That of the run whose weights go on is not this one's: --from begins another.
        long Seed(long own, params string[] path) => arguments.Seed ?? (file.Says([.. path, nameof(recipe.Seed)]) ? own : DefaultJob.Seed);
    }

    private static CorpusFileList FindCorpus(PretrainArguments arguments)
    {
        var none = new CorpusFileList([], []);
        if (arguments.KeepPrepared && new RunFolder(arguments.Output).IsPrepared) return none;
        if (arguments.Corpus.Count == 0)
            return SdkDocumentation.Find() is null ? throw new UsageException(SdkDocumentation.NotFound) : none;
        try
        {
            return CorpusFiles.Find(arguments.Corpus, arguments.Output);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"--corpus: {exception.Message}");
        }
    }

    /// <summary>The largest number up to a limit that divides both sizes.</summary>
    private static int LargestDivisor(int limit, int size, int other)
    {
        int divisor = Math.Clamp(limit, 1, Math.Max(1, size));
        while (size % divisor != 0 || other % divisor != 0) divisor--;
        return divisor;
    }

    /// <summary>Gives each phase a micro-batch of about as many tokens as the first one's.</summary>
    private static List<TrainingPhase> WithMicroBatches(IReadOnlyList<TrainingPhase> phases, int batch, int micro, BatchRamp? ramp)
    {
        var filled = new List<TrainingPhase>();
        double start = 0;
        foreach (TrainingPhase phase in phases)
        {
            AtLeast("--phases: a sequence length", phase.SequenceLength, ShortestSequence);
            int size = AtLeast("--phases: a batch", phase.BatchSize ?? batch, 1);
            int limit = (int)((long)micro * phases[0].SequenceLength / phase.SequenceLength);
            int initial = ramp is not null && start < ramp.Share ? ramp.InitialBatchSize : size;
            filled.Add(phase with { MicroBatchSize = phase.MicroBatchSize ?? LargestDivisor(Math.Min(limit, micro), size, initial) });
            start += phase.Share;
        }

        return filled;
    }
}

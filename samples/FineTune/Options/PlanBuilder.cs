using Electra.Configuration;
using Electra.FineTuning;
using Electra.Modeling;
using Electra.Optimization;
using Electra.Samples.FineTune.Reporting;
using Electra.Samples.FineTune.Tasks;
using Electra.Samples.Pretrain.Options;
using Electra.Training;

namespace Electra.Samples.FineTune.Options;

/// <summary>Reads what the arguments name, and checks everything before anything is written.</summary>
internal static class PlanBuilder
{
    /// <summary>Builds the plan.</summary>
    /// <exception cref="UsageException">Something is missing, unreadable or out of range; says what to do.</exception>
    public static FineTunePlan Build(FineTuneArguments arguments)
    {
        string model = EncoderFolder.Require(arguments.Model);
        try
        {
            Submission? submission = arguments.Test is string folder ? Submission.Read(arguments, folder) : null;
            (FineTuningTask task, int skipped) = TaskReader.Read(arguments);
            FineTuningOptions options = Options(arguments, ElectraConfig.Load(Path.Combine(model, "config.json")), task);
            if (arguments is not { Template: null, Words: null }) task = Prompted(arguments, task);
            if (arguments.Seeds < 1) throw new UsageException($"--seeds is {arguments.Seeds}; it must be positive.");
            var trials = new TrialsOptions
            {
                Seeds = [.. Enumerable.Range(0, arguments.Seeds).Select(i => arguments.FirstSeed + i)],
                RandomWeightRuns = arguments is { Task: null, Train: null } && arguments.RandomRuns == 0 ? 1 : arguments.RandomRuns,
                Retries = arguments.Retries,
            };
            return new FineTunePlan(model, task, options.Validate(), trials.Validate(), arguments.Device, skipped, submission);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidDataException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException(exception.Message);
        }
    }

    private static PromptTask Prompted(FineTuneArguments arguments, FineTuningTask task) => task is TextClassificationTask { Kind: LabelKind.SingleLabel } texts
        ? new PromptTask(PromptText.Read(arguments.Template, arguments.Words), texts)
        : throw new UsageException("--template is for texts with one class of several.");

    private static FineTuningOptions Options(FineTuneArguments arguments, ElectraConfig encoder, FineTuningTask task)
    {
        FineTuningOptions options = FineTuningOptions.RecipeFor(encoder);
        if (arguments.Google) options = options.AsGoogleCompatible();
        options = options with
        {
            Epochs = arguments.Epochs,
            LearningRate = arguments.LearningRate ?? options.LearningRate,
            BatchSize = arguments.BatchSize ?? options.BatchSize,
            MaxLength = arguments.MaxLength,
            WarmupFraction = arguments.Warmup ?? options.WarmupFraction,
            LayerwiseLearningRateDecay = arguments.LayerDecay ?? options.LayerwiseLearningRateDecay,
            LabelSmoothing = arguments.LabelSmoothing ?? 0,
            RDropWeight = arguments.RDrop,
            ReinitializedLayers = arguments.FreshLayers ?? 0,
            Frozen = arguments.Freeze,
            CopyTokenType = arguments.CopyTokenType,
            SelectBest = arguments.SelectBest,
            EarlyStoppingPatience = arguments.Patience,
            OutputFolder = arguments.Output,
            SaveEvery = arguments.SaveEvery ?? options.SaveEvery,
            Resume = arguments.Resume,
            MaxSkippedSteps = arguments.MaxSkippedSteps ?? options.MaxSkippedSteps,
            MaxRollbacks = arguments.Rollbacks ?? options.MaxRollbacks,
            HeadInitialization = arguments.HeadInit == "normal" ? HeadInitialization.Normal : HeadInitialization.Glorot,
            Precision = arguments.Precision switch { "auto" => TrainingPrecision.Auto, "bf16" => TrainingPrecision.BFloat16, _ => TrainingPrecision.Float32 },
            Padding = arguments.Padding switch { "longest" => BatchPadding.Longest, "max-length" => BatchPadding.MaxLength, _ => BatchPadding.ByLength },
            ClassWeights = arguments.BalanceClasses ? Balanced(task) : null,
        };
        if (arguments.Head is string head) options = options with { HeadStyle = head == "google" ? HeadStyle.Google : HeadStyle.HuggingFace };
        return arguments.Schedule switch
        {
            "linear" => options with { Schedule = LearningRateScheduleKind.Linear },
            "linear-from-zero" => options with { Schedule = LearningRateScheduleKind.LinearFromZero },
            "cosine" => options with { Schedule = LearningRateScheduleKind.Cosine },
            _ => options,
        };
    }

    private static Dictionary<string, double> Balanced(FineTuningTask task)
    {
        if (task is RankingTask { Loss: RankingLoss.Binary, TrainingPassages: var passages })
            return new() { [RankingTask.Relevant] = (double)passages.Others / passages.Relevant };
        if (task is not TextClassificationTask { Kind: LabelKind.SingleLabel } classes)
            throw new UsageException("--balance-classes is for texts with one class of several, and rankings with the binary loss.");
        IReadOnlyDictionary<string, int> counts = classes.LabelCounts;
        return counts.ToDictionary(label => label.Key, label => (double)classes.TrainingExamples / (counts.Count * label.Value));
    }
}

using System.Globalization;
using System.Numerics;
using Electra.Data;
using Electra.Pretraining;
using Electra.Tokenization;

namespace Electra.Samples.Pretrain.Options;

/// <summary>Refuses a run that can't work, each time with one line that says what to do.</summary>
internal static class RunPlanChecks
{
    private const int SmallestVocabulary = 200;

    /// <summary>The value, unless it is too small.</summary>
    public static T AtLeast<T>(string option, T value, T smallest)
        where T : INumber<T> =>
        value >= smallest ? value : throw new UsageException($"{option} is {value}; give {smallest} or more.");

    /// <summary>Whether this tells that a file is not what it should be.</summary>
    public static bool IsUnusableFile(Exception exception) =>
        exception is InvalidDataException or ArgumentException or IOException or UnauthorizedAccessException;

    /// <summary>Refuses what is no device's name.</summary>
    public static void Device(string device)
    {
        bool isKnown = device is "auto" or "cpu" or "cuda"
            || (device.StartsWith("cuda:", StringComparison.Ordinal)
                && int.TryParse(device.AsSpan("cuda:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out _));
        if (!isKnown) throw new UsageException($"--device takes auto, cpu, cuda or cuda:<number>, not '{device}'.");
    }

    /// <summary>Refuses options that exclude each other.</summary>
    public static void TypedTogether(PretrainArguments arguments)
    {
        if (arguments is { Budget: not null, Steps: not null })
            throw new UsageException("--budget and --steps exclude each other; drop one of them.");
        if (arguments is { Phases: not null, SequenceLength: not null })
            throw new UsageException("--phases and --sequence-length exclude each other; drop --sequence-length.");
        if (arguments is { Vocabulary: not null, VocabSize: not null })
            throw new UsageException("--vocab and --vocab-size exclude each other; drop --vocab-size to use the file.");
        if (arguments is { Vocabulary: not null, Alphabet: not null } or { Vocabulary: not null, MinimumFrequency: not null })
            throw new UsageException("--alphabet and --min-frequency are for a vocabulary that is learned; drop them to use --vocab.");
        if (arguments.From is null)
        {
            if (arguments is { FromGenerator: null, FromHeads: null, KeepsState: true, ExtraWords: null, ExtraWordCount: null, MaxPositions: null }) return;
            throw new UsageException("--from-generator, --from-heads, --from-state, --extra-words, --extra-word-count and --max-positions are for weights that exist: name them with --from.");
        }

        if (arguments is not { VocabSize: null, Alphabet: null, MinimumFrequency: null })
            throw new UsageException("--vocab-size, --alphabet and --min-frequency are for a vocabulary that is learned, and that of --from is used; drop them. More words: --extra-words.");
        if (arguments.Positions is not null)
            throw new UsageException("--positions is for positions that start fresh, and those of --from are used; drop it. Longer texts: --max-positions.");
        if (arguments is { FromGenerator: not null, Generator: not null and not "trained" })
            throw new UsageException($"--generator {arguments.Generator} draws words without a network; drop it to use --from-generator, or the other way round.");
    }

    /// <summary>Refuses sizes that don't fit together, and rates and shares that are none.</summary>
    public static void Together(RunPlan plan)
    {
        (PretrainingOptions options, DataOptions data) = (plan.Options, plan.Options.Data);
        (int batch, int micro) = (data.BatchSize, data.MicroBatchSize ?? data.BatchSize);
        int longest = options.Phases.Select(phase => phase.SequenceLength).Append(data.SequenceLength).Max();
        if (longest > plan.Config.MaxPositionEmbeddings)
        {
            throw new UsageException($"{(options.Phases.Count > 0 ? "--phases: length" : "--sequence-length")} {longest} is over the {plan.Config.MaxPositionEmbeddings} positions "
                + $"of model '{plan.Model}'; shorten it or give a config.json with a larger max_position_embeddings.");
        }

        if (batch % micro != 0)
        {
            throw new UsageException($"--micro-batch-size {micro} does not divide --batch-size {batch}; "
                + $"choose one of {string.Join(", ", Enumerable.Range(1, batch).Where(size => batch % size == 0))}.");
        }

        if (options.BatchRamp is { InitialBatchSize: int first } && (first < 1 || first % micro != 0))
            throw new UsageException($"--batch-ramp begins with {first} examples, which is no multiple of --micro-batch-size {micro}.");
        if (options.Budget is null && options.WarmupSteps > options.TrainSteps)
            throw new UsageException($"--warmup-steps {options.WarmupSteps} is more than --steps {options.TrainSteps}; make it smaller.");
        if (options.Model.GeneratorSize is not (> 0 and <= 1))
            throw new UsageException($"--generator-size is {options.Model.GeneratorSize}; give a fraction above 0 and up to 1.");
        if (options.LearningRate is not (> 0 and <= 1))
            throw new UsageException($"--learning-rate is {options.LearningRate}; give a number above 0 and up to 1, such as 5e-4.");
        if (data.HeldOutFraction is not (> 0 and <= 0.5))
            throw new UsageException($"--held-out is {data.HeldOutFraction}; give a share above 0 and up to 0.5, such as 0.005.");
        if (options.Seed < 0) throw new UsageException($"--seed is {options.Seed}; give 0 or more.");
        try
        {
            options.Validate();
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(exception.Message);
        }
    }

    /// <summary>Refuses a vocabulary that can't be read or is too small to learn.</summary>
    public static void Vocabulary(RunPlan plan)
    {
        if (plan.Start is not null) return; // it was read with the weights
        if (plan.Vocabulary is null)
        {
            AtLeast("--vocab-size", plan.Learning.VocabSize, SmallestVocabulary);
            return;
        }

        if (!File.Exists(plan.Vocabulary))
        {
            throw new UsageException($"--vocab '{plan.Vocabulary}' does not exist; name a vocab.txt, or drop it to learn one.");
        }

        try
        {
            ElectraTokenizer.FromVocabulary(plan.Vocabulary);
        }
        catch (Exception exception) when (IsUnusableFile(exception))
        {
            throw new UsageException($"--vocab '{plan.Vocabulary}' can't be used: {exception.Message}");
        }
    }

    /// <summary>Refuses a file where the folder should be.</summary>
    public static void Output(string folder)
    {
        if (File.Exists(folder)) throw new UsageException($"--output '{folder}' is a file; name a folder.");
    }
}

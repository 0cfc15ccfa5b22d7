using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Race.Training;
using Electra.Benchmarks.Race.Variants;
using Electra.Data;
using Electra.FineTuning;
using Electra.Pretraining;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Race;

/// <summary>A race with every default filled in. Nothing is written before this stands.</summary>
internal sealed record RaceSettings
{
    private const double UsualHeldOut = 0.01;
    private const int UsualPairs = 200;
    private const int UsualGlueExamples = 4_000;

    public required RaceFolders Folders { get; init; }

    public required RaceLimit Limit { get; init; }

    /// <summary>Every variant from every seed: all variants of a seed, then those of the next.</summary>
    public required IReadOnlyList<Contestant> Contestants { get; init; }

    /// <summary>The files of the text.</summary>
    public required IReadOnlyList<string> Corpus { get; init; }

    public required ElectraTokenizer Tokenizer { get; init; }

    /// <summary>Rounds.</summary>
    public required int Slices { get; init; }

    /// <summary>Share of the text kept from training.</summary>
    public required double HeldOut { get; init; }

    /// <summary>Tokens of a sequence that judges read.</summary>
    public required int Length { get; init; }

    /// <summary>Pairs of sentences; null where they are not asked.</summary>
    public required MinimalPairs? Pairs { get; init; }

    /// <summary>Tasks to fine-tune on, cut to so many training examples.</summary>
    public required IReadOnlyList<TextClassificationTask> Tasks { get; init; }

    public required int Threads { get; init; }

    /// <summary>Where the networks train and are judged.</summary>
    public required Device Device { get; init; }

    /// <summary>Fills in defaults and refuses what cannot work.</summary>
    /// <exception cref="UsageException">One of the arguments cannot work.</exception>
    public static RaceSettings Build(RaceArguments arguments)
    {
        int limits = new object?[] { arguments.Budget, arguments.Flops, arguments.Tokens }.Count(limit => limit is not null);
        if (limits != 1) throw new UsageException("A race needs one of --budget, --flops and --tokens: what all runs get the same of.");
        double heldOut = arguments.HeldOut ?? UsualHeldOut;
        if (heldOut >= 1) throw new UsageException($"--held-out must be below 1, not {heldOut}.");
        if (arguments.Tasks.Count > 0 != arguments.Glue is not null) throw new UsageException("--glue and --tasks go together.");
        var limit = new RaceLimit(arguments.Budget, arguments.Flops, arguments.Tokens);
        var folders = new RaceFolders(arguments.Output);
        IReadOnlyList<Variant> variants = VariantFile.Read(arguments.Variants);
        ElectraTokenizer tokenizer = Plainly("--vocab", () => ElectraTokenizer.FromVocabulary(arguments.Vocabulary));
        IReadOnlyList<Variant> fitted = [.. variants.Select(variant => Fit(variant, limit, heldOut, tokenizer, arguments.Variants))];
        int slices = arguments.Slices ?? 10;
        return new RaceSettings
        {
            Folders = folders,
            Limit = limit,
            Contestants =
            [
                .. Enumerable.Range(1, arguments.Seeds ?? 3).SelectMany(seed => fitted.Select(variant => Contestant.Of(variant, seed, folders))),
            ],
            Corpus = Plainly("--corpus", () => CorpusFiles.Find(arguments.Corpus, arguments.Output).Files),
            Tokenizer = tokenizer,
            Slices = slices,
            HeldOut = heldOut,
            Length = JudgedLength(arguments.Length ?? JudgingFile.LengthOf(folders.Judging), fitted),
            Pairs = arguments.MinimalPairs is string pairs
                ? Plainly("--blimp", () => MinimalPairs.Read(pairs, arguments.PairsPerParadigm ?? UsualPairs))
                : null,
            Tasks = [.. arguments.Tasks.Select(task => Plainly("--tasks", () => Open(task, arguments.Glue!, arguments.GlueExamples ?? UsualGlueExamples)))],
            Threads = arguments.Threads ?? Environment.ProcessorCount,
            Device = SettingsBuilder.FindDevice(arguments.Device ?? "cpu"),
        };
    }

    private static Variant Fit(Variant variant, RaceLimit limit, double heldOut, ElectraTokenizer tokenizer, string file)
    {
        try
        {
            Variant fitted = variant with { Config = variant.Config.WithVocabulary(tokenizer) };
            int longest = fitted.Options.Phases.Select(phase => phase.SequenceLength).Append(fitted.Options.Data.SequenceLength).Max();
            if (longest > fitted.Config.MaxPositionEmbeddings)
                throw new ArgumentException($"sequences of {longest} tokens are over the network's {fitted.Config.MaxPositionEmbeddings} positions.");
            PretrainingOptions options = limit.Apply(fitted.Options, fitted.Config);
            return fitted with { Options = (options with { Data = options.Data with { HeldOutFraction = heldOut } }).Validate() };
        }
        catch (ArgumentException error)
        {
            throw new UsageException($"--variants '{file}', variant '{variant.Name}': {error.Message}");
        }
    }

    private static int JudgedLength(int? asked, IReadOnlyList<Variant> variants)
    {
        int length = asked ?? variants.Min(variant => Math.Min(
            variant.Options.Data.SequenceLength, variant.Options.Phases.Select(phase => phase.SequenceLength).DefaultIfEmpty(int.MaxValue).Max()));
        Variant? shorter = variants.FirstOrDefault(variant => variant.Config.MaxPositionEmbeddings < length);
        return shorter is null
            ? length
            : throw new UsageException($"--length {length} is over the {shorter.Config.MaxPositionEmbeddings} positions of variant '{shorter.Name}'.");
    }

    private static TextClassificationTask Open(string name, string folder, int examples)
    {
        GlueTask task = GlueTask.Named(name);
        ExampleSet<TextExample> training = task.Read(folder, GlueSplit.Train);
        bool isNumber = task.Labels.Count == 0;
        return new TextClassificationTask(
            task.Name, isNumber ? LabelKind.Number : LabelKind.SingleLabel, training with { Examples = [.. training.Examples.Take(examples)] },
            [("dev", task.Read(folder, GlueSplit.Dev))], isNumber ? null : task.Labels)
        {
            Metrics = task.Metrics,
        };
    }

    private static T Plainly<T>(string option, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or InvalidDataException or ArgumentException)
        {
            throw new UsageException($"{option}: {error.Message}");
        }
    }
}

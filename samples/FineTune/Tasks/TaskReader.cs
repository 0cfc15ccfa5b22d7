using System.Globalization;
using Electra.FineTuning;
using Electra.Samples.FineTune.Options;
using Electra.Samples.Pretrain.Options;
using Electra.Training;

namespace Electra.Samples.FineTune.Tasks;

/// <summary>Reads the examples that the arguments name, and makes a task of them.</summary>
internal static class TaskReader
{
    /// <summary>The task, and how many rows were skipped.</summary>
    /// <exception cref="UsageException">An argument is missing, or doesn't go with another.</exception>
    public static (FineTuningTask Task, int Skipped) Read(FineTuneArguments arguments)
    {
        var options = new ReadingOptions
        {
            SkipMalformed = arguments.SkipBadRows,
            HasHeader = !arguments.NoHeader,
            LabelSeparator = arguments.LabelSeparator switch
            {
                null => null,
                [char one] => one,
                var more => throw new UsageException($"--label-separator is '{more}'; give one character."),
            },
        };
        if (arguments is { Task: null, Train: null, Dev: null, Data: null, Text: null, Label: null, Pair: null, Id: null, Kind: null }) return (PlatformSummaries.Task(), 0);
        if (arguments.Task is null) return Table(arguments, options);
        switch (arguments.Task.ToUpperInvariant())
        {
            case "TAGS":
                return Tags(arguments, options with { TagScheme = Scheme(arguments.Tags) });

            case "ANSWERS":
                {
                    ExampleSet<QuestionExample> train = SquadFile.Read(Train(arguments), options), dev = SquadFile.Read(Dev(arguments), options);
                    return (new QuestionAnsweringTask(Name(arguments), train, dev), train.Skipped.Count + dev.Skipped.Count);
                }

            case "CHOICES":
                {
                    ExampleSet<ChoiceExample> train = ChoiceFile.Read(Train(arguments), options), dev = ChoiceFile.Read(Dev(arguments), options);
                    return (new MultipleChoiceTask(Name(arguments), train, dev), train.Skipped.Count + dev.Skipped.Count);
                }

            case "RANKING":
                return Ranking(arguments, options, Name(arguments), Train(arguments), ("dev", Dev(arguments)));

            case "WIKIQA":
                {
                    string data = Data(arguments);
                    string File(string part) => Path.Combine(data, $"WikiQA-{part}.txt");
                    return Ranking(arguments, options, "wikiqa", File("train"), ("dev", File("dev")), ("test", File("test")));
                }

            case "SDK-SEARCH":
                return (SdkSearch.Ranking(RankingLossOf(arguments.Loss)), 0);

            case "SDK-EMBEDDING":
                return (SdkSearch.Embedding(arguments.Layer), 0);

            case "STSB-EMBEDDING":
                return Embedding(arguments, arguments.SkipBadRows ? options : null);

            default:
                {
                    GlueTask glue = Glue(arguments.Task);
                    if (arguments is not { Train: null, Dev: null }) throw new UsageException($"--task {arguments.Task} reads the files of its folder, --data; leave out --train and --dev.");
                    TextClassificationTask task = glue.Open(Data(arguments), arguments.SkipBadRows ? options : null);
                    return (task, task.SkippedRows);
                }
        }
    }

    private static GlueTask Glue(string name)
    {
        try
        {
            return GlueTask.Named(name);
        }
        catch (ArgumentException)
        {
            throw new UsageException($"--task takes one of {string.Join(", ", GlueTask.Names)}, tags, answers, choices, ranking, wikiqa, sdk-search, sdk-embedding or stsb-embedding, not '{name}'.");
        }
    }

    private static (FineTuningTask, int) Table(FineTuneArguments arguments, ReadingOptions options)
    {
        var columns = new TableColumns(
            arguments.Text ?? throw new UsageException("Name the column with the text: --text."),
            arguments.Label ?? throw new UsageException("Name the column with the label: --label."), arguments.Pair, arguments.Id);
        LabelKind? kind = arguments.Kind switch
        {
            "class" => LabelKind.SingleLabel,
            "labels" => LabelKind.MultiLabel,
            "number" => LabelKind.Number,
            _ => null,
        };
        TextTable train = TextTable.Read(Train(arguments), columns, options, kind), dev = TextTable.Read(Dev(arguments), columns, options, train.Kind);
        var task = new TextClassificationTask(Name(arguments), train.Kind, train.Set, [("dev", dev.Set)]);
        return (task, task.SkippedRows);
    }

    private static (EmbeddingTask, int) Embedding(FineTuneArguments arguments, ReadingOptions? options)
    {
        GlueTask glue = GlueTask.Named("STS-B");
        ExampleSet<TextExample> train = glue.Read(Data(arguments), GlueSplit.Train, options), dev = glue.Read(Data(arguments), GlueSplit.Dev, options);
        (EmbeddingLoss loss, IEnumerable<TextExample> examples) = arguments.Loss switch
        {
            null or "cosent" => (EmbeddingLoss.CoSent, train.Examples),
            "cosine" => (EmbeddingLoss.Cosine, train.Examples),
            "infonce" => (EmbeddingLoss.InfoNce, train.Examples.Where(pair => pair.Value >= 4)),
            "simcse" => (EmbeddingLoss.SimCse, train.Examples.SelectMany(pair => new[] { pair.Text, pair.Pair! }).Distinct().Select(text => new TextExample(text))),
            var other => throw new UsageException($"Vectors are not learned by --loss {other}, but by cosent, cosine, infonce or simcse."),
        };
        var task = new EmbeddingTask($"STS-B vectors, {loss}", loss, train with { Examples = [.. examples] }, [("dev", dev)])
        {
            Embedding = new() { Layer = arguments.Layer },
        };
        return (task, train.Skipped.Count + dev.Skipped.Count);
    }

    /// <summary>The folder with the task's files.</summary>
    /// <exception cref="UsageException">None was named.</exception>
    public static string Data(FineTuneArguments arguments) =>
        arguments.Data ?? throw new UsageException($"--task {arguments.Task} needs --data, the folder with its original files.");

    private static (FineTuningTask, int) Tags(FineTuneArguments arguments, ReadingOptions options)
    {
        int word = Column("--text", arguments.Text) ?? 0;
        int? tag = Column("--label", arguments.Label);
        ExampleSet<TaggedSentence> train = ConllFile.Read(Train(arguments), word, tag, options), dev = ConllFile.Read(Dev(arguments), word, tag, options);
        return (new TokenClassificationTask(Name(arguments), train, [("dev", dev)]) { Scoring = options.TagScheme }, train.Skipped.Count + dev.Skipped.Count);
    }

    private static (FineTuningTask, int) Ranking(
        FineTuneArguments arguments, ReadingOptions options, string name, string trainFile, params (string Name, string File)[] judgedBy)
    {
        TableColumns? columns = arguments is { Text: null, Pair: null, Label: null, Id: null }
            ? null
            : new TableColumns(arguments.Text ?? "#1", arguments.Label ?? "#3", arguments.Pair ?? "#2", arguments.Id);
        ExampleSet<RankingExample> train = RankingFile.Read(trainFile, columns, options);
        (string Name, ExampleSet<RankingExample> Set)[] sets = [.. judgedBy.Select(item => (item.Name, RankingFile.Read(item.File, columns, options)))];
        var task = new RankingTask(name, train, sets) { Loss = RankingLossOf(arguments.Loss) };
        return (task, train.Skipped.Count + sets.Sum(item => item.Set.Skipped.Count));
    }

    private static RankingLoss RankingLossOf(string? name) => name switch
    {
        null or "binary" => RankingLoss.Binary,
        "pairwise" => RankingLoss.Pairwise,
        _ => throw new UsageException($"Ranking is not learned by --loss {name}, but by binary or pairwise."),
    };

    private static TagScheme Scheme(string? name) => name switch
    {
        "bio" => TagScheme.Iob2,
        "iob1" => TagScheme.Iob1,
        "bioes" => TagScheme.Iobes,
        _ => TagScheme.Conlleval,
    };

    private static int? Column(string option, string? name) => name switch
    {
        null => null,
        ['#', .. var digits] when int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 => number - 1,
        _ => throw new UsageException($"{option} is '{name}'; columns of tagged words have numbers: #1, #2, ..."),
    };

    private static string Name(FineTuneArguments arguments) => Path.GetFileNameWithoutExtension(arguments.Train!);

    private static string Train(FineTuneArguments arguments) => arguments.Train ?? throw new UsageException("Name the examples to learn from: --train.");

    private static string Dev(FineTuneArguments arguments) => arguments.Dev ?? throw new UsageException("Name the examples to be judged by: --dev.");
}

using System.Globalization;
using System.Text;
using Electra.Files;

namespace Electra.FineTuning;

/// <summary>
/// A task of GLUE (Wang et al. 2018, arXiv 1804.07461) from its original files: where its columns are, what its labels are called (as in Hugging
/// Face's data sets, in their order), and which scores count.
/// </summary>
public sealed class GlueTask
{
    private static readonly GlueTask[] Tasks =
    [
        new("CoLA", ["unacceptable", "acceptable"], [TextMetric.MatthewsCorrelation, TextMetric.Accuracy])
        {
            Columns = new("#4", "#2"), HasHeader = false, TestColumns = new("sentence", null, null, "index"),
        },
        new("SST-2", ["negative", "positive"], [TextMetric.Accuracy])
        {
            Columns = new("sentence", "label"), TestColumns = new("sentence", null, null, "index"),
        },
        new("MRPC", ["not_equivalent", "equivalent"], [TextMetric.Accuracy, TextMetric.F1])
        {
            Columns = new("#4", "#1", "#5"), TestColumns = new("#4", null, "#5"), OtherFiles = ("msr_paraphrase_train.txt", "msr_paraphrase_test.txt"), UsualEpochs = 3,
        },
        new("QQP", ["not_duplicate", "duplicate"], [TextMetric.Accuracy, TextMetric.F1])
        {
            Columns = new("question1", "is_duplicate", "question2", "id"), TestColumns = new("question1", null, "question2", "id"),
        },
        new("STS-B", [], [TextMetric.Pearson, TextMetric.Spearman])
        {
            Columns = new("#8", "#10", "#9", "index"), TestColumns = new("#8", null, "#9", "index"), UsualEpochs = 10,
        },
        new("MNLI", ["entailment", "neutral", "contradiction"], [TextMetric.Accuracy])
        {
            Columns = new("sentence1", "gold_label", "sentence2", "index"), TestColumns = new("sentence1", null, "sentence2", "index"), HasWords = true,
        },
        new("QNLI", ["entailment", "not_entailment"], [TextMetric.Accuracy])
        {
            Columns = new("question", "label", "sentence", "index"), TestColumns = new("question", null, "sentence", "index"), HasWords = true,
        },
        new("RTE", ["entailment", "not_entailment"], [TextMetric.Accuracy])
        {
            Columns = new("sentence1", "label", "sentence2", "index"), TestColumns = new("sentence1", null, "sentence2", "index"), HasWords = true, UsualEpochs = 10,
        },
        new("WNLI", ["not_entailment", "entailment"], [TextMetric.Accuracy])
        {
            Columns = new("sentence1", "label", "sentence2", "index"), TestColumns = new("sentence1", null, "sentence2", "index"),
        },
    ];

    private GlueTask(string name, string[] labels, TextMetric[] metrics) => (Name, Labels, Metrics) = (name, labels, metrics);

    /// <summary>The names of the nine tasks.</summary>
    public static IReadOnlyList<string> Names => [.. Tasks.Select(task => task.Name)];

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>The names of its classes by index; empty for STS-B, which has numbers from 0 to 5.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The scores that count, the first one first.</summary>
    public IReadOnlyList<TextMetric> Metrics { get; }

    /// <summary>How often the paper goes through its training examples.</summary>
    public double UsualEpochs { get; private init; } = 3;

    /// <summary>Whether labels are words in the files of the leaderboard; else their indices.</summary>
    private bool HasWords { get; init; }

    private TableColumns Columns { get; init; } = new("", null);

    private TableColumns TestColumns { get; init; } = new("", null);

    private bool HasHeader { get; init; } = true;

    private (string Train, string Dev)? OtherFiles { get; init; }

    private bool IsMnli => Name == "MNLI";

    /// <summary>The task of a name, whatever its case and dashes.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static GlueTask Named(string name)
    {
        static string Bare(string text) => text.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
        return Array.Find(Tasks, task => Bare(task.Name) == Bare(name))
            ?? throw new ArgumentException($"GLUE has no task '{name}'; there are {string.Join(", ", Names)}.", nameof(name));
    }

    /// <summary>Reads a part of the examples.</summary>
    /// <param name="folder">With the task's files, or with a folder of the task's name that has them.</param>
    /// <param name="split">Which part.</param>
    /// <param name="options">Whether rows that cannot be read may be skipped, which those of the test sets never may; the rest is the task's. <value>Default: they are errors, but in QQP.</value></param>
    /// <exception cref="FileNotFoundException">The file is not there.</exception>
    /// <exception cref="InvalidDataException">A row cannot be read.</exception>
    public ExampleSet<TextExample> Read(string folder, GlueSplit split, ReadingOptions? options = null)
    {
        string path = PathOf(folder, split);
        bool isTest = split is GlueSplit.Test or GlueSplit.TestMismatched or GlueSplit.Diagnostic;
        // Three of QQP's original rows to learn from lack their last fields. Rows to be predicted are submitted by number.
        options = isTest ? new ReadingOptions() : options ?? new ReadingOptions { SkipMalformed = Name == "QQP" };
        TableColumns columns = isTest ? TestColumns : Columns;
        string?[] wanted = [columns.Text, columns.Label, columns.Pair, columns.Id];
        string[] names = [.. wanted.OfType<string>()];
        int[] places = [.. wanted.Select(name => name is null ? -1 : Array.IndexOf(names, name))];
        var table = new DelimitedTable(path, '\t', hasQuotes: false, hasHeader: HasHeader || isTest, isRagged: true);
        return TableFile.Examples(path, table.Read(names), options, Make);

        (TextExample?, string?) Make(TableRow row)
        {
            string? Value(int which) => places[which] < 0 ? null : row.Text(places[which]);
            var example = new TextExample(Value(0)!, Value(2)) { Id = Value(3) };
            if (Value(1) is not string label) return (example, null);
            if (Labels.Count == 0)
            {
                return double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                    ? (example with { Value = value }, null)
                    : (null, $"the score is '{label}', which is no number");
            }

            if (Labels.Contains(label)) return (example with { Labels = [label] }, null);
            return int.TryParse(label, out int index) && index >= 0 && index < Labels.Count && !HasWords
                ? (example with { Labels = [Labels[index]] }, null)
                : (null, $"the label is '{label}'; there are {string.Join(", ", HasWords ? Labels : Labels.Index().Select(item => item.Index.ToString(CultureInfo.InvariantCulture)))}");
        }
    }

    /// <summary>The task, ready to fine-tune for: training examples, and those to be judged by; of MNLI both sets.</summary>
    /// <param name="folder">As in <see cref="Read"/>.</param>
    /// <param name="options">As in <see cref="Read"/>.</param>
    public TextClassificationTask Open(string folder, ReadingOptions? options = null)
    {
        ExampleSet<TextExample> Set(GlueSplit split) => Read(folder, split, options);
        (string, ExampleSet<TextExample>)[] evaluation = IsMnli
            ? [("matched", Set(GlueSplit.Dev)), ("mismatched", Set(GlueSplit.DevMismatched))]
            : [("dev", Set(GlueSplit.Dev))];
        return new TextClassificationTask(
            Name, Labels.Count == 0 ? LabelKind.Number : LabelKind.SingleLabel, Set(GlueSplit.Train), evaluation, Labels.Count == 0 ? null : Labels)
        {
            Metrics = Metrics,
            UsualEpochs = UsualEpochs,
        };
    }

    /// <summary>The name that the leaderboard expects of a file of predictions.</summary>
    public string SubmissionFile(GlueSplit split) => (IsMnli, split) switch
    {
        (true, GlueSplit.Diagnostic) => "AX.tsv",
        (true, GlueSplit.TestMismatched) => "MNLI-mm.tsv",
        (true, _) => "MNLI-m.tsv",
        _ => $"{Name}.tsv",
    };

    /// <summary>Writes predictions of test examples as the leaderboard takes them: index and label, with a header.</summary>
    /// <param name="predictions">Of all test examples, in their order.</param>
    /// <param name="path">The file, which is replaced.</param>
    public void WriteSubmission(IReadOnlyList<TaskPrediction> predictions, string path)
    {
        var text = new StringBuilder("index\tprediction\n");
        foreach ((int index, TaskPrediction prediction) in predictions.Index())
        {
            string said = Labels.Count == 0 ? Math.Clamp(prediction.Score, 0, 5).ToString("0.###", CultureInfo.InvariantCulture)
                : HasWords ? prediction.Predicted
                : Labels.ToList().IndexOf(prediction.Predicted).ToString(CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{index}\t{said}\n");
        }

        FileSync.ReplaceFile(path, stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private string PathOf(string folder, GlueSplit split)
    {
        string name = (IsMnli, split) switch
        {
            (_, GlueSplit.Train) => "train.tsv",
            (true, GlueSplit.Dev) => "dev_matched.tsv",
            (true, GlueSplit.DevMismatched) => "dev_mismatched.tsv",
            (true, GlueSplit.Test) => "test_matched.tsv",
            (true, GlueSplit.TestMismatched) => "test_mismatched.tsv",
            (true, _) => "diagnostic.tsv",
            (false, GlueSplit.Dev) => "dev.tsv",
            (false, GlueSplit.Test) => "test.tsv",
            _ => throw new ArgumentException($"Only MNLI has a part '{split}'.", nameof(split)),
        };
        string? other = split == GlueSplit.Train ? OtherFiles?.Train : split is GlueSplit.Dev or GlueSplit.Test ? OtherFiles?.Dev : null;
        string[] candidates =
        [
            .. Places(folder, split).SelectMany(place => new[] { name, other }.OfType<string>().Select(file => Path.Combine(place, file))),
        ];
        return Array.Find(candidates, File.Exists)
            ?? throw new FileNotFoundException($"'{folder}' has no '{name}' of {Name}; give the folder with its files, as GLUE has them.", candidates[0]);
    }

    // The diagnostic examples have a folder of their own beside those of the tasks.
    private string[] Places(string folder, GlueSplit split) =>
        split == GlueSplit.Diagnostic
            ? [folder, .. new[] { "diagnostic", "AX", Name }.SelectMany(name => new[] { Path.Combine(folder, name), Path.Combine(folder, "..", name) })]
            : [folder, Path.Combine(folder, Name)];
}

using Electra.Configuration;
using Electra.Modeling;

namespace Electra.Checkpoints;

/// <summary>
/// Finds the fine-tuned heads in a checkpoint of Google's code. It makes the layers of a task without names, so TensorFlow counts them in the order they are
/// made: <c>dense</c>, <c>dense_1</c>, ...; one has a name, <c>qa_hidden</c>. Their shapes tell what they are.
/// </summary>
internal sealed class GoogleTaskHeads
{
    private const string Scope = "task_specific/", Hidden = "qa_hidden", Joint = "qa_joint.";
    private const int HiddenWidth = 512;
    private static readonly string[] Binary = ["0", "1"], Entailment = ["entailment", "not_entailment"];

    // The tasks of finetune/classification that have classes; "sts" has numbers, and "chunk" of finetune/tagging tags.
    private static readonly Dictionary<string, string[]> Classes = new(StringComparer.Ordinal)
    {
        ["cola"] = Binary,
        ["sst"] = Binary,
        ["mrpc"] = Binary,
        ["qqp"] = Binary,
        ["rte"] = Entailment,
        ["qnli"] = Entailment,
        ["mnli"] = ["contradiction", "entailment", "neutral"],
    };

    private readonly string _task;
    private readonly Dictionary<string, TensorBundleEntry> _entries; // by what follows the task's name
    private readonly long _width;

    private GoogleTaskHeads(string task, Dictionary<string, TensorBundleEntry> entries, long width) => (_task, _entries, _width) = (task, entries, width);

    /// <summary>All of them by name, those too that are none of Google's.</summary>
    /// <param name="reader">The checkpoint.</param>
    /// <param name="width">Of its encoder.</param>
    public static IReadOnlyList<GoogleTask> Of(TensorBundleReader reader, int width)
    {
        var tasks = new SortedDictionary<string, Dictionary<string, TensorBundleEntry>>(StringComparer.Ordinal);
        foreach ((string variable, TensorBundleEntry entry) in reader.Entries)
        {
            if (!variable.StartsWith(Scope, StringComparison.Ordinal) || GoogleVariable.Slots.Any(slot => variable.EndsWith(slot, StringComparison.Ordinal))) continue;
            if (variable[Scope.Length..].Split('/', 2) is not [var task, var rest]) continue;
            if (!tasks.TryGetValue(task, out Dictionary<string, TensorBundleEntry>? own)) tasks.Add(task, own = new(StringComparer.Ordinal));
            own.Add(rest, entry);
        }

        return [.. tasks.Select(task => new GoogleTaskHeads(task.Key, task.Value, width).Find())];
    }

    private GoogleTask Find()
    {
        if (Has(Hidden, 2 * _width, HiddenWidth) && Has("dense", _width, 1) && Has("dense_1", HiddenWidth, 1)) return JointAnswers();
        if (Has("dense", _width, 1) && Has("dense_1", _width, 1))
            return Answers(HeadStyle.HuggingFace, [.. Layer("dense", "qa_outputs", _width, 1, row: 0), .. Layer("dense_1", "qa_outputs", _width, 1, row: 1)]);
        if (_entries.Count == 2 && _entries.TryGetValue("dense/bias", out TensorBundleEntry? bias) && bias.Shape is [> 0 and <= int.MaxValue] && Has("dense", _width, bias.Shape[0]))
            return Linear((int)bias.Shape[0]);
        return Unknown();
    }

    // Of the two ways to say that there is no answer, a layer over [CLS] and the mean of starts is what the class here has; without either it is 0.
    private GoogleTask JointAnswers()
    {
        bool isClassified = Has("dense_2", 2 * _width, HiddenWidth) && Has("dense_3", HiddenWidth, 1);
        if (!isClassified && _entries.Count != 6) return Unknown();
        GoogleVariable[] answers =
            [.. Layer("dense", $"{Joint}start", _width, 1), .. Layer(Hidden, $"{Joint}end_hidden", 2 * _width, HiddenWidth), .. Layer("dense_1", $"{Joint}end", HiddenWidth, 1)];
        return isClassified
            ? Answers(HeadStyle.Google, [.. answers, .. Layer("dense_2", $"{Joint}answerable_hidden", 2 * _width, HiddenWidth), .. Layer("dense_3", $"{Joint}answerable", HiddenWidth, 1)])
            : Answers(HeadStyle.Google, answers, zeros: $"{Joint}answerable");
    }

    private GoogleTask Answers(HeadStyle style, IReadOnlyList<GoogleVariable> variables, string? zeros = null) =>
        new(_task) { Class = nameof(ElectraForQuestionAnswering), LabelCount = 2, IsKnown = true, Style = style, Variables = variables, Zeros = zeros };

    private GoogleTask Linear(int labels)
    {
        if (_task == "chunk") return new(_task) { Class = nameof(ElectraForTokenClassification), LabelCount = labels, IsKnown = true, Variables = [.. Layer("dense", "classifier", _width, labels)] };
        Classes.TryGetValue(_task, out string[]? names);
        int expected = _task == "sts" ? 1 : names?.Length ?? labels;
        if (labels != expected) return Unknown();
        return new(_task)
        {
            Class = nameof(ElectraForSequenceClassification),
            LabelCount = labels,
            Labels = names,
            IsKnown = names is not null || _task == "sts",
            Variables = [.. Layer("dense", "classifier.out_proj", _width, labels)],
        };
    }

    private GoogleTask Unknown() => new(_task)
    {
        Fault = string.Join(", ", _entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Take(10).Select(entry => $"{entry.Key} {entry.Value.Description}")),
    };

    private bool Has(string layer, long from, long to) => IsFloating($"{layer}/kernel", from, to) && IsFloating($"{layer}/bias", to);

    private bool IsFloating(string name, params long[] shape) => _entries.TryGetValue(name, out TensorBundleEntry? entry)
        && entry.TypeName is "float32" or "float64" or "float16" or "bfloat16" && entry.Shape.SequenceEqual(shape);

    private IEnumerable<GoogleVariable> Layer(string name, string ours, long from, long to, int row = -1) =>
        GoogleVariable.Dense($"{Scope}{_task}/{name}", ours, from, to).Select(variable => variable with { Row = row });
}

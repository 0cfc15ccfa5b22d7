using Electra.FineTuning;
using Electra.Inference;

namespace Electra.Benchmarks.FewShot;

/// <summary>A set of the few-shot literature: its prompt, and where its draws and its test examples are.</summary>
/// <param name="Name">The folder.</param>
/// <param name="IsHeaded">Whether its files are tables with a header, else label and text as CSV.</param>
/// <param name="Prompt">What is asked; labels as in the files.</param>
internal sealed record FewShotSet(string Name, bool IsHeaded, Prompt Prompt)
{
    /// <summary>The draws that papers use, by their seeds.</summary>
    public static readonly int[] Draws = [13, 21, 42, 87, 100];

    private static readonly Prompt Sentiment = Words("{0} It was {}.", "terrible", "great");

    /// <summary>All of them, with the templates and words of Gao et al. 2021 (arXiv 2012.15723).</summary>
    public static readonly FewShotSet[] All =
    [
        new("SST-2", true, Sentiment),
        new("mr", false, Sentiment),
        new("cr", false, Sentiment),
        new("mpqa", false, Sentiment),
        new("subj", false, Words("{0} This is {}.", "subjective", "objective")),
        new("trec", false, Words("{}: {0}", "description", "entity", "expression", "human", "location", "number")),
        new("sst-5", false, Words("{0} It was {}.", "terrible", "bad", "okay", "good", "great")),
    ];

    /// <summary>The examples of a draw to learn from, and those to choose by.</summary>
    public TextClassificationTask Draw(string data, int draw) => new(
        $"{Name} {draw}", LabelKind.SingleLabel, Read(data, $"16-{draw}", "train"), [("dev", Read(data, $"16-{draw}", "dev"))], [.. Prompt.Classes.Select(of => of.Label)]);

    /// <summary>The examples to be judged by.</summary>
    public IReadOnlyList<TextExample> Test(string data) => Read(data, "", "test").Examples;

    private ExampleSet<TextExample> Read(string data, string draw, string part) => TextTable.Read(
        Path.Combine(data, Name, draw, part + (IsHeaded ? ".tsv" : ".csv")), IsHeaded ? new TableColumns("sentence", "label") : new TableColumns("#2", "#1"),
        new ReadingOptions { HasHeader = IsHeaded }, LabelKind.SingleLabel).Set;

    private static Prompt Words(string template, params string[] words) =>
        new Prompt(template, [.. words.Select((word, label) => new PromptClass(FormattableString.Invariant($"{label}"), [word]))]).Validate();
}

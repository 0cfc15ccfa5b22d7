using System.Globalization;
using System.Text;
using Electra.Configuration;
using Electra.Files;

namespace Electra.Checkpoints;

/// <summary>
/// What a reader of a model folder wants to know: written to its <c>README.md</c>, with the lines at its head that model hubs read, and how
/// to load the folder in C# and in Python.
/// </summary>
public sealed record ModelCard
{
    // Plain words that YAML takes for something else than text, unless they are quoted: no is Norwegian.
    private static readonly string[] TakenOtherwise = ["no", "yes", "on", "off", "y", "n", "true", "false", "null"];

    /// <summary>The card's name inside a folder.</summary>
    public const string FileName = "README.md";

    /// <summary>The name of the model.</summary>
    public required string Title { get; init; }

    /// <summary>What it is and what for, in a paragraph; empty leaves that out. <value>Default: empty</value></summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>Codes of the languages, as <c>en</c>. <value>Default: none</value></summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>The licence's identifier, as <c>apache-2.0</c>; null leaves it out. <value>Default: null</value></summary>
    public string? License { get; init; }

    /// <summary>What it was trained on; null leaves it out. <value>Default: null</value></summary>
    public string? Data { get; init; }

    /// <summary>How it was trained: names and values, as <c>updates</c> and <c>8000</c>. <value>Default: none</value></summary>
    public IReadOnlyList<KeyValuePair<string, string>> Training { get; init; } = [];

    /// <summary>How well it does: names and values, in the order they shall stand in. <value>Default: none</value></summary>
    public IReadOnlyList<KeyValuePair<string, double>> Metrics { get; init; } = [];

    /// <summary>Writes the card of a folder that holds a model already, in one step; one that is there is replaced.</summary>
    /// <param name="folder">With a <c>config.json</c> that names the model's class.</param>
    /// <exception cref="FileNotFoundException">There is no <c>config.json</c>.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or names no class.</exception>
    public void Save(string folder)
    {
        string config = Path.Combine(folder, "config.json");
        byte[] text = Encoding.UTF8.GetBytes(Text(ElectraConfig.Load(config), File.Exists(Path.Combine(folder, "vocab.txt")), config));
        FileSync.ReplaceFile(Path.Combine(folder, FileName), stream => stream.Write(text));
    }

    /// <summary>The file's text for a model of a kind.</summary>
    /// <param name="config">Its own, with the name of its class.</param>
    /// <param name="hasTokenizer">The tokenizer's files are in the folder.</param>
    /// <param name="source">What the configuration was read from, for errors.</param>
    internal string Text(ElectraConfig config, bool hasTokenizer, string source = "config.json")
    {
        string architecture = config.Architectures is [string first, ..] ? first : throw new InvalidDataException($"'{source}' names no class in architectures.");
        string inPython = config.HeadStyle == HeadStyle.HuggingFace ? architecture : "ElectraModel";
        var text = new StringBuilder();
        text.Append("---\nlibrary_name: transformers\ntags:\n- electra\n");
        if (PipelineOf(architecture) is { } pipeline) text.Append(CultureInfo.InvariantCulture, $"pipeline_tag: {pipeline}\n");
        if (License is not null) text.Append(CultureInfo.InvariantCulture, $"license: {Quoted(License)}\n");
        if (Languages.Count > 0) text.Append("language:\n").AppendJoin(string.Empty, Languages.Select(language => $"- {Quoted(language)}\n"));
        text.Append(CultureInfo.InvariantCulture, $"---\n\n# {Title}\n\n");
        if (Description.Length > 0) text.Append(CultureInfo.InvariantCulture, $"{Description}\n\n");
        if (Data is not null) text.Append(CultureInfo.InvariantCulture, $"## Data\n\n{Data}\n\n");
        Table(text, "Training", Training);
        Table(text, "Metrics", Metrics.Select(metric => KeyValuePair.Create(metric.Key, metric.Value.ToString("0.####", CultureInfo.InvariantCulture))));
        text.Append(CultureInfo.InvariantCulture, $"## Loading\n\n```csharp\nusing var model = {architecture}.FromPretrained(folder);\n");
        if (hasTokenizer) text.Append("ElectraTokenizer tokenizer = ElectraTokenizer.FromPretrained(folder);\n");
        text.Append(CultureInfo.InvariantCulture, $"```\n\n```python\nfrom transformers import {(hasTokenizer ? "AutoTokenizer, " : "")}{inPython}\n");
        if (inPython != architecture) text.Append("# the encoder alone: transformers has no class with a head of Google's style\n");
        text.Append(CultureInfo.InvariantCulture, $"model = {inPython}.from_pretrained(folder)\n");
        if (hasTokenizer) text.Append("tokenizer = AutoTokenizer.from_pretrained(folder)\n");
        return text.Append("```\n").ToString();
    }

    private static void Table(StringBuilder text, string title, IEnumerable<KeyValuePair<string, string>> rows)
    {
        string[] lines = [.. rows.Select(row => $"| {Cell(row.Key)} | {Cell(row.Value)} |\n")];
        if (lines.Length > 0) text.Append(CultureInfo.InvariantCulture, $"## {title}\n\n| | |\n|---|---|\n").AppendJoin(string.Empty, lines).Append('\n');
    }

    private static string Cell(string value) => value.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private static string Quoted(string value) => !TakenOtherwise.Contains(value, StringComparer.OrdinalIgnoreCase) && value.Any(char.IsAsciiLetter) && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_') ? value : $"\"{value.Replace("\"", "'", StringComparison.Ordinal).ReplaceLineEndings(" ")}\"";

    private static string? PipelineOf(string architecture) => architecture switch
    {
        "ElectraModel" => "feature-extraction",
        "ElectraForMaskedLM" => "fill-mask",
        "ElectraForSequenceClassification" => "text-classification",
        "ElectraForTokenClassification" => "token-classification",
        "ElectraForQuestionAnswering" => "question-answering",
        _ => null,
    };
}

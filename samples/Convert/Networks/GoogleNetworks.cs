using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Checkpoints;
using Electra.Modeling;
using Electra.Samples.Convert.Options;
using Electra.Samples.Pretrain.Options;
using Electra.Tokenization;

namespace Electra.Samples.Convert.Networks;

/// <summary>The networks of Google's checkpoint.</summary>
internal sealed class GoogleNetworks : IDisposable
{
    private const string HeadsKey = "num_attention_heads";

    // What people keep beside a checkpoint.
    private static readonly string[] ConfigFiles = ["config.json", "bert_config.json", "debug_config.json", "hparams.json"];

    private readonly ConvertArguments _arguments;
    private readonly string _folder;

    /// <summary>Opens one.</summary>
    public GoogleNetworks(ConvertArguments arguments)
    {
        _arguments = arguments;
        _folder = Directory.Exists(arguments.Input) ? arguments.Input : Path.GetDirectoryName(Path.GetFullPath(arguments.Input))!;
        (int? heads, HeadsFrom) = arguments.AttentionHeads is { } given ? (given, "as given") : HeadsBeside();
        Checkpoint = GoogleCheckpoint.Open(arguments.Input, heads);
    }

    /// <summary>The open files.</summary>
    public GoogleCheckpoint Checkpoint { get; }

    /// <summary>Who says how many heads of attention there are.</summary>
    public string HeadsFrom { get; }

    /// <summary>Loads those that were asked for, one after the other.</summary>
    public IEnumerable<Network> Load()
    {
        ElectraTokenizer? tokenizer = Tokenizer();
        string head = _arguments.Head ?? (Checkpoint.HasDiscriminator, Checkpoint.HasGenerator) switch
        {
            _ when _arguments.Task is not null || Checkpoint.Tasks.Count > 0 => "task",
            (true, true) => "both",
            (true, _) => "discriminator",
            (_, true) => "generator",
            _ => "encoder",
        };
        if (head == "encoder") yield return new Network<ElectraModel>(Checkpoint.LoadEncoder()) { Tokenizer = tokenizer };
        if (head is "discriminator" or "both") yield return new Network<ElectraForPreTraining>(Checkpoint.LoadDiscriminator()) { Tokenizer = tokenizer, Name = head == "both" ? "discriminator" : "" };
        if (head is "generator" or "both") yield return new Network<ElectraForMaskedLM>(Checkpoint.LoadGenerator()) { Tokenizer = tokenizer, Name = head == "both" ? "generator" : "" };
        if (head is "task" or "sequence-classification" or "token-classification" or "question-answering") yield return FineTuned(head, tokenizer);
    }

    public void Dispose() => Checkpoint.Dispose();

    private Network FineTuned(string head, ElectraTokenizer? tokenizer)
    {
        string[]? labels = _arguments.Labels?.Split(',', StringSplitOptions.TrimEntries);
        string? task = _arguments.Task ?? Checkpoint.Tasks switch
        {
            [{ Name: var only }] => only,
            [] => throw new UsageException($"'{Checkpoint.Prefix}' has no fine-tuned head: convert the encoder, then that folder with --head {head}."),
            _ => throw new UsageException($"'{Checkpoint.Prefix}' is fine-tuned for {string.Join(", ", Checkpoint.Tasks.Select(of => of.Name))}: choose with --task, or leave the heads out with --head encoder."),
        };
        string? wanted = head == "task" ? Checkpoint.Tasks.FirstOrDefault(of => of.Name == task)?.Class : HeadNames.ClassOf(head);
        return wanted switch
        {
            nameof(ElectraForQuestionAnswering) when labels is not null => throw new UsageException("Answers have no labels: leave --labels out."),
            nameof(ElectraForQuestionAnswering) => new Network<ElectraForQuestionAnswering>(Checkpoint.LoadQuestionAnswerer(task)) { Tokenizer = tokenizer },
            nameof(ElectraForTokenClassification) => new Network<ElectraForTokenClassification>(Checkpoint.LoadTokenClassifier(task, labels)) { Tokenizer = tokenizer },
            _ => new Network<ElectraForSequenceClassification>(Checkpoint.LoadSequenceClassifier(task, labels)) { Tokenizer = tokenizer },
        };
    }

    private ElectraTokenizer? Tokenizer()
    {
        string file = _arguments.Vocabulary ?? Path.Combine(_folder, "vocab.txt");
        return _arguments.Vocabulary is null && !File.Exists(file) ? null : ElectraTokenizer.FromVocabulary(file, new ElectraTokenizerOptions { Lowercase = !_arguments.Cased });
    }

    private (int? Heads, string From) HeadsBeside()
    {
        foreach (string path in ConfigFiles.Select(name => Path.Combine(_folder, name)).Where(File.Exists))
        {
            try
            {
                JsonNode? root = JsonNode.Parse(File.ReadAllText(path));
                if ((root?[HeadsKey] ?? root?["model_hparam_overrides"]?[HeadsKey]) is JsonValue value && value.TryGetValue(out int heads)) return (heads, $"as {Path.GetFileName(path)} says");
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                throw new InvalidDataException($"'{path}' is beside the checkpoint and can't be read: {error.Message}", error);
            }
        }

        return (null, "by Google's rule, a head for every 64 of the width; the files do not say it");
    }
}

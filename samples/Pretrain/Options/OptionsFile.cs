using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Pretraining;
using static Electra.Samples.Pretrain.Options.RunPlanChecks;

namespace Electra.Samples.Pretrain.Options;

/// <summary>The file of --options: what it says goes before recipes and the sample's own defaults, and behind what was typed.</summary>
internal sealed class OptionsFile
{
    private readonly string? _path;
    private readonly string _json = "{}";
    private readonly JsonNode? _root;

    private OptionsFile(string? path)
    {
        if ((_path = path) is null) return;
        try
        {
            _json = File.ReadAllText(path!);
            _root = JsonNode.Parse(_json);
        }
        catch (JsonException)
        {
            // it is told where the options are read
        }
        catch (Exception exception) when (IsUnusableFile(exception))
        {
            throw Wrong(exception);
        }
    }

    /// <summary>What it says of shared embeddings; null for nothing.</summary>
    public EmbeddingSharing? Sharing => Find(nameof(PretrainingOptions.Model), nameof(PretrainingModelOptions.EmbeddingSharing)) is { } typed ? Enum.Parse<EmbeddingSharing>(typed.GetValue<string>()) : null;

    /// <summary>Reads it.</summary>
    /// <param name="path">The file; null for none, which says nothing.</param>
    /// <exception cref="UsageException">It can't be used.</exception>
    public static OptionsFile Read(string? path) => new(path);

    /// <summary>Whether it has an option, by the names from the outermost on.</summary>
    public bool Says(params string[] path) => Find(path) is not null;

    /// <summary>Options with what it says in place of their own.</summary>
    /// <exception cref="UsageException">It does not go with them.</exception>
    public PretrainingOptions Over(PretrainingOptions options)
    {
        try
        {
            return _path is null ? options : options.With(_json, _path);
        }
        catch (Exception exception) when (IsUnusableFile(exception))
        {
            throw Wrong(exception);
        }
    }

    private JsonNode? Find(params string[] path) => path.Aggregate(_root, (node, name) => (node as JsonObject)?[name]);

    private UsageException Wrong(Exception exception) => new($"--options '{_path}': {exception.Message.ReplaceLineEndings(" ")}");
}

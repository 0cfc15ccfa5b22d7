using System.Text.RegularExpressions;
using Electra.Training;

namespace Electra.Tests.Architecture;

/// <summary>Which folder of the library may use which, and the search for references that break it.</summary>
internal static partial class Layers
{
    private static readonly string[] Level0 = ["Files", "Configuration", "Native"];
    private static readonly string[] UpTo2 =
        [.. Level0, "Tokenization", "Modeling", "Optimization", "Distributed", "Data", "Checkpoints"];

    /// <summary>The folders of <c>src/Electra</c>, each with those below it that it may see.</summary>
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Files"] = [],
        ["Configuration"] = ["Files"],
        ["Native"] = [],
        ["Tokenization"] = Level0,
        ["Modeling"] = Level0,
        ["Optimization"] = Level0,
        ["Distributed"] = Level0,
        ["Data"] = [.. Level0, "Tokenization"],
        ["Checkpoints"] = [.. Level0, "Tokenization", "Modeling"],
        ["Training"] = UpTo2,
        ["Inference"] = [.. UpTo2, "Training"],
        ["Pretraining"] = [.. UpTo2, "Training"],
        ["FineTuning"] = [.. UpTo2, "Training", "Inference"],
        ["Hosting"] = ["Training", "Inference"],
    };

    /// <summary>The rooms of those folders that have any; a room has none of its own.</summary>
    private static readonly Dictionary<string, string[]> Rooms = new()
    {
        ["Native"] = ["Kernels"],
        ["Tokenization"] = ["AddedTokens", "Encoding", "Files", "Learning", "Normalization", "WordPiece"],
        ["Modeling"] = ["Embeddings", "Encoder", "Fused", "Heads"],
        ["Checkpoints"] = ["Google", "PyTorch", "Safetensors"],
        ["Distributed"] = ["Mpi", "Nccl"],
        ["Data"] = ["Batches", "Corpora", "HeldOut", "Packing", "Shards"],
        ["Training"] = ["Metrics", "Networks", "Ranks", "Recovery", "Reporting", "Schedule", "State"],
        ["Inference"] = ["Answers", "Batches", "Embeddings", "Prompts", "Ranking", "Results", "Words"],
        ["FineTuning"] = ["Batches", "Evaluation", "Examples", "Glue", "Heads", "Reading", "Tasks", "Trials"],
        ["Pretraining"] = ["Alarms", "Continuing", "Evaluation", "Masking", "Objectives"],
    };

    /// <summary>What may follow a layer's name: its types and folders, as <c>Modeling.ElectraModel</c> and <c>Modeling.Heads</c>.</summary>
    private static readonly HashSet<string> Members =
        [.. typeof(TrainingCheckpoint).Assembly.GetTypes().SelectMany(NamesWithinElectra)];

    /// <summary>The breaches in one file, each with its line; empty when it keeps to its layer.</summary>
    /// <param name="path">The path within <c>src/Electra</c>, with forward slashes.</param>
    /// <param name="text">The C# text.</param>
    public static IEnumerable<string> Breaches(string path, string text)
    {
        string own = path.Split('/')[0];
        if (!MayUse.TryGetValue(own, out string[]? allowed))
        {
            yield return $"{path}: folder '{own}' is not one of the layers; add it to {nameof(Layers)} and to the design page";
            yield break;
        }

        string room = string.Join('/', path.Split('/')[1..^1]);
        if (room.Length > 0 && !Rooms.GetValueOrDefault(own, []).Contains(room))
            yield return $"{path}: '{room}' is not one of the rooms of {own}; add it to {nameof(Layers)}, or use one that is there";

        string code = CSharpCode.Only(text);
        foreach (Match match in Reference().Matches(code))
        {
            string layer = match.Groups["layer"].Value;
            if (layer == own || !MayUse.ContainsKey(layer) || allowed.Contains(layer)) continue;

            // Without `Electra.` before it the name may be a property's; it is the layer when one of its types follows.
            if (match.Groups["type"] is { Success: true } type && !Members.Contains($"{layer}.{type.Value}")) continue;
            int line = code.AsSpan(0, match.Index).Count('\n') + 1;
            yield return $"{path}({line}): {own} may not use {layer}: {match.Value.Trim()}";
        }
    }

    private static IEnumerable<string> NamesWithinElectra(Type type)
    {
        string[] parts = type.Namespace?.Split('.') ?? [];
        if (parts is not ["Electra", var layer, ..]) return [];
        return [$"{layer}.{(parts.Length > 2 ? parts[2] : type.Name.Split('`')[0])}"];
    }

    // `Electra.Layer` anywhere (usings, aliases, static and global usings, qualified names), or `Layer.Type` where C# would find the
    // layer because both lie in Electra. A member access (`x.Electra.Layer`, `x.Layer.Y`) is no reference to a namespace.
    [GeneratedRegex(@"(?<![\w.])(?:(?:global\s*::\s*)?Electra\s*\.\s*(?<layer>\w+)|(?<layer>[A-Z]\w*)\s*\.\s*(?<type>[A-Z]\w*))")]
    private static partial Regex Reference();
}

using Electra.Modeling;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>Matches the keys of a pretrained folder with those of a model, by Hugging Face's rules, and copies the weights.</summary>
internal static class PretrainedLoader
{
    private const string EncoderPrefix = "electra.";
    private const string WordTable = "embeddings.word_embeddings.weight";
    private const string TiedDecoder = "generator_lm_head.weight";
    private const int LongestTable = 20;

    // What DataParallel, torch.compile and Lightning put before a model's names.
    private static readonly string[] Wrappings = ["module.", "_orig_mod.", "model."];

    /// <summary>Copies the weights of a folder into a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="weights">The folder's.</param>
    /// <param name="folder">For messages.</param>
    /// <param name="ignoreMismatches">Leaves parameters fresh that are missing or have another shape, in place of an error.</param>
    public static PretrainedLoadReport Load(nn.Module model, PretrainedWeights weights, string folder, bool ignoreMismatches = false)
    {
        (string Name, Parameter Parameter)[] parameters = [.. ParameterListing.Distinct((string.Empty, model))];
        HashSet<string> wanted = [.. parameters.Select(parameter => parameter.Name)];
        bool isEncoder = model is ElectraModel;
        Dictionary<string, string> sources = []; // the model's name -> the folder's name
        List<string> unexpected = [], redundant = [];
        string? tied = null;
        foreach (string name in weights.Names)
        {
            string plain = NewName(Unwrapped(name)), own = OwnName(plain, wanted, isEncoder);
            if (plain == TiedDecoder) tied = name;
            if (!wanted.Contains(own))
            {
                (IsRedundant(plain) ? redundant : unexpected).Add(name);
            }
            else if (!sources.TryAdd(own, name))
            {
                throw new InvalidDataException($"'{folder}': '{name}' and '{sources[own]}' are both weights of '{own}'; keep one of them.");
            }
        }

        // A file may keep the tied matrix under its other name.
        if (tied is not null) sources.TryAdd(isEncoder ? WordTable : EncoderPrefix + WordTable, tied);

        string[] missing = [.. parameters.Select(parameter => parameter.Name).Where(name => !sources.ContainsKey(name))];
        string[] mismatched =
            [.. from parameter in parameters
                where sources.TryGetValue(parameter.Name, out string? source) && !weights.Shape(source).SequenceEqual(parameter.Parameter.shape)
                select parameter.Name];
        if (!ignoreMismatches) Check(parameters, sources, missing, mismatched, weights, isEncoder, folder);
        foreach ((string name, Parameter parameter) in parameters)
        {
            if (!mismatched.Contains(name) && sources.TryGetValue(name, out string? source)) weights.CopyInto(source, parameter);
        }

        return new PretrainedLoadReport(missing, unexpected)
        {
            RedundantKeys = redundant,
            MismatchedKeys = mismatched,
            Files = weights.Files,
            Tensors = weights.Names.ToDictionary(name => name, weights.Describe),
        };
    }

    private static string Unwrapped(string name)
    {
        while (Array.Find(Wrappings, wrapping => name.StartsWith(wrapping, StringComparison.Ordinal)) is { } found) name = name[found.Length..];
        return name;
    }

    /// <summary>Before 2019 the weights of a LayerNorm had TensorFlow's names.</summary>
    private static string NewName(string name)
    {
        const string gamma = "LayerNorm.gamma", beta = "LayerNorm.beta";
        if (name.EndsWith(gamma, StringComparison.Ordinal)) return name[..^gamma.Length] + "LayerNorm.weight";
        return name.EndsWith(beta, StringComparison.Ordinal) ? name[..^beta.Length] + "LayerNorm.bias" : name;
    }

    /// <summary>Encoders are saved without the prefix that they have inside a model with a head; either loads into either.</summary>
    private static string OwnName(string name, HashSet<string> wanted, bool isEncoder)
    {
        if (wanted.Contains(name)) return name;
        if (!isEncoder) return EncoderPrefix + name;
        return name.StartsWith(EncoderPrefix, StringComparison.Ordinal) ? name[EncoderPrefix.Length..] : name;
    }

    /// <summary>Tensors that older files carry though they follow from others: the numbers 0, 1, ... and the tied output matrix.</summary>
    private static bool IsRedundant(string name) =>
        name == TiedDecoder || name.EndsWith("embeddings.position_ids", StringComparison.Ordinal)
        || name.EndsWith("embeddings.token_type_ids", StringComparison.Ordinal);

    // A head may be missing, an encoder's weight may not; whatever is there must have the model's shape.
    private static void Check(
        (string Name, Parameter Parameter)[] parameters, Dictionary<string, string> sources, string[] missing, string[] mismatched,
        PretrainedWeights weights, bool isEncoder, string folder)
    {
        HashSet<string> absent = [.. missing.Where(name => isEncoder || name.StartsWith(EncoderPrefix, StringComparison.Ordinal))];
        (string Name, string Wanted, string Found)[] wrong =
        [
            .. from parameter in parameters
               let found = absent.Contains(parameter.Name) ? "missing"
                   : mismatched.Contains(parameter.Name) ? weights.Describe(sources[parameter.Name]) : null
               where found is not null
               select (parameter.Name, $"[{string.Join(", ", parameter.Parameter.shape)}]", found),
        ];
        if (wrong.Length == 0) return;
        int name = wrong.Take(LongestTable).Max(row => row.Name.Length), shape = wrong.Take(LongestTable).Max(row => row.Wanted.Length);
        IEnumerable<string> rows = wrong.Take(LongestTable)
            .Select(row => $"  {row.Name.PadRight(name)}  config.json asks for {row.Wanted.PadRight(shape)}  {(row.Found == "missing" ? row.Found : "the folder has " + row.Found)}");
        string rest = wrong.Length > LongestTable ? $"{Environment.NewLine}  and {wrong.Length - LongestTable} more" : string.Empty;
        throw new InvalidDataException(
            $"'{folder}': {absent.Count} encoder weight(s) are missing, {mismatched.Length} have another shape; the folder is incomplete, or its config.json describes another model:"
            + Environment.NewLine + string.Join(Environment.NewLine, rows) + rest);
    }
}

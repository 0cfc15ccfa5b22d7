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

    public static PretrainedLoadReport Load(nn.Module model, PretrainedWeights weights, string folder)
    {
        (string Name, Parameter Parameter)[] parameters = [.. ParameterListing.Distinct((string.Empty, model))];
        HashSet<string> wanted = [.. parameters.Select(parameter => parameter.Name)];
        bool isEncoder = model is ElectraModel;
        Dictionary<string, string> sources = []; // the model's name -> the folder's name
        List<string> unexpected = [];
        foreach (string name in weights.Names)
        {
            string own = OwnName(NewName(name), wanted, isEncoder);
            if (!wanted.Contains(own))
            {
                if (!IsRedundant(name)) unexpected.Add(name);
            }
            else if (!sources.TryAdd(own, name))
            {
                throw new InvalidDataException($"'{folder}': '{name}' and '{sources[own]}' are both weights of '{own}'; keep one of them.");
            }
        }

        // A file may keep the tied matrix under its other name.
        string words = isEncoder ? WordTable : EncoderPrefix + WordTable;
        if (!sources.ContainsKey(words) && weights.Names.Contains(TiedDecoder)) sources.Add(words, TiedDecoder);

        string[] missing = [.. parameters.Select(parameter => parameter.Name).Where(name => !sources.ContainsKey(name))];
        CheckEncoder(missing, isEncoder, folder);
        CheckShapes(parameters, sources, weights, folder);
        foreach ((string name, Parameter parameter) in parameters)
        {
            if (sources.TryGetValue(name, out string? source)) weights.CopyInto(source, parameter);
        }

        return new PretrainedLoadReport(missing, unexpected);
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
        name == TiedDecoder || name.EndsWith("embeddings.position_ids", StringComparison.Ordinal);

    private static void CheckEncoder(string[] missing, bool isEncoder, string folder)
    {
        string[] encoder = [.. missing.Where(name => isEncoder || name.StartsWith(EncoderPrefix, StringComparison.Ordinal))];
        if (encoder.Length > 0)
        {
            throw new InvalidDataException(
                $"'{folder}': {encoder.Length} encoder weight(s) are missing, for example '{encoder[0]}'; the folder is incomplete, or its "
                + "config.json describes another model.");
        }
    }

    private static void CheckShapes(
        (string Name, Parameter Parameter)[] parameters, Dictionary<string, string> sources, PretrainedWeights weights, string folder)
    {
        string[] wrong =
        [
            .. from parameter in parameters
               where sources.ContainsKey(parameter.Name)
               let entry = weights.Entry(sources[parameter.Name])
               where !entry.Shape.SequenceEqual(parameter.Parameter.shape)
               select $"'{entry.Name}' is {entry.Description}, the model has [{string.Join(", ", parameter.Parameter.shape)}]",
        ];
        if (wrong.Length > 0)
        {
            throw new InvalidDataException(
                $"'{folder}': {wrong.Length} tensor(s) have another shape than config.json asks for: {string.Join("; ", wrong)}.");
        }
    }
}

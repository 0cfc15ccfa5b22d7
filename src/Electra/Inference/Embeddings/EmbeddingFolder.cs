using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Checkpoints;
using Electra.Files;
using Electra.Modeling;
using Electra.Tokenization;

namespace Electra.Inference;

/// <summary>
/// What a folder says about the vectors of texts, in the files of the sentence-transformers library. <see cref="EmbeddingPooling.FirstLast"/> has no form
/// there: it is kept in a file of this library's own.
/// </summary>
/// <param name="Model">Where encoder and tokenizer are: the folder, or one in it.</param>
/// <param name="Pooling">How the vectors of tokens become one; null where nothing is said.</param>
/// <param name="Normalize">Whether vectors have length 1; null where nothing is said.</param>
/// <param name="MaxLength">Tokens of the longest sequence; null where nothing is said.</param>
internal sealed record EmbeddingFolder(string Model, EmbeddingPooling? Pooling, bool? Normalize, int? MaxLength)
{
    /// <summary>The own file.</summary>
    public const string FileName = "embedding.json";

    private const string ModulesFile = "modules.json", PoolingFolder = "1_Pooling", NormalizeFolder = "2_Normalize", LengthFile = "sentence_bert_config.json";
    private const string Library = "sentence_transformers.models.", PoolingMode = "pooling_mode";

    // Ways of pooling by the library's keys and its short names.
    private static readonly (string Key, string Name, EmbeddingPooling? Pooling)[] Modes =
    [
        ("pooling_mode_cls_token", "cls", EmbeddingPooling.Cls), ("pooling_mode_mean_tokens", "mean", EmbeddingPooling.Mean), ("pooling_mode_max_tokens", "max", null),
        ("pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens", null), ("pooling_mode_weightedmean_tokens", "weightedmean", null),
        ("pooling_mode_lasttoken", "lasttoken", null),
    ];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Reads a folder; one without such files says nothing.</summary>
    /// <exception cref="InvalidDataException">A file is damaged, or asks for what this library does not have.</exception>
    public static EmbeddingFolder Open(string folder)
    {
        if (Read(Path.Combine(folder, FileName), own => new EmbeddingFolder(
            folder, Enum.Parse<EmbeddingPooling>(own["pooling"]!.GetValue<string>()), own["normalize"]!.GetValue<bool>(), Length(folder))) is { } ownFile) return ownFile;
        return Read(Path.Combine(folder, ModulesFile), modules => OfModules(folder, modules.AsArray())) ?? new EmbeddingFolder(folder, null, null, null);
    }

    /// <summary>What is wanted, with what the folder says where that is left open.</summary>
    public EmbeddingOptions Resolve(EmbeddingOptions? wanted) => new()
    {
        Layer = wanted?.Layer,
        Pooling = wanted?.Pooling ?? Pooling ?? EmbeddingPooling.Mean,
        Normalize = wanted?.Normalize ?? Normalize ?? false,
    };

    /// <summary>Writes a folder.</summary>
    /// <param name="folder">Made when absent.</param>
    /// <param name="encoder">The encoder, cut to the layer that is taken.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="options">Which vectors, complete.</param>
    /// <param name="maxLength">Tokens of the longest sequence.</param>
    public static void Save(string folder, ElectraModel encoder, ElectraTokenizer tokenizer, EmbeddingOptions options, int maxLength)
    {
        encoder.SavePretrained(folder, tokenizer);
        bool isNormalized = options.Normalize == true, isOwn = options.Pooling == EmbeddingPooling.FirstLast;
        File.Delete(Path.Combine(folder, isOwn ? ModulesFile : FileName)); // of vectors that were saved there before
        Write(folder, LengthFile, new JsonObject { ["max_seq_length"] = maxLength, ["do_lower_case"] = false });
        if (isOwn)
        {
            Write(folder, FileName, new JsonObject { ["pooling"] = options.Pooling.ToString(), ["normalize"] = isNormalized });
            return;
        }

        var modes = new JsonObject { ["word_embedding_dimension"] = encoder.Config.HiddenSize };
        foreach ((string key, _, EmbeddingPooling? pooling) in Modes) modes[key] = pooling == options.Pooling;
        Write(Path.Combine(folder, PoolingFolder), "config.json", modes);
        if (isNormalized) Directory.CreateDirectory(Path.Combine(folder, NormalizeFolder));
        Write(folder, "config_sentence_transformers.json", new JsonObject
        {
            ["prompts"] = new JsonObject(),
            ["default_prompt_name"] = null,
            ["similarity_fn_name"] = "cosine",
        });
        (string Path, string Type)[] modules = [("", "Transformer"), (PoolingFolder, "Pooling"), (NormalizeFolder, "Normalize")];
        Write(folder, ModulesFile, new JsonArray([.. modules[..(isNormalized ? 3 : 2)].Select((module, index) => new JsonObject
        {
            ["idx"] = index, ["name"] = $"{index}", ["path"] = module.Path, ["type"] = Library + module.Type,
        })]));
    }

    private static EmbeddingFolder OfModules(string folder, JsonArray modules)
    {
        var found = new EmbeddingFolder(folder, null, Normalize: false, null);
        foreach (JsonNode? module in modules)
        {
            string type = module!["type"]!.GetValue<string>(), path = Path.Combine(folder, module["path"]!.GetValue<string>());
            found = type.Split('.')[^1] switch
            {
                "Transformer" => found with { Model = path, MaxLength = Length(path) },
                "Pooling" => found with { Pooling = Read(Path.Combine(path, "config.json"), PoolingOf) ?? throw new InvalidDataException($"there is no '{path}/config.json'") },
                "Normalize" => found with { Normalize = true },
                _ => throw new InvalidDataException($"it has a module {type}, which this library does not know: vectors would be others"),
            };
        }

        return found;
    }

    private static EmbeddingPooling? PoolingOf(JsonNode config)
    {
        string? named = config[PoolingMode]?.GetValue<string>();
        (string Key, string Name, EmbeddingPooling? Pooling)[] chosen =
            [.. Modes.Where(mode => named is null ? config[mode.Key]?.GetValue<bool>() ?? false : mode.Name == named)];
        return chosen is [{ Pooling: { } pooling }]
            ? pooling
            : throw new InvalidDataException($"it pools by {(chosen.Length == 0 ? named ?? "nothing" : string.Join(", ", chosen.Select(mode => mode.Name)))}; cls and mean are known, one of them");
    }

    private static int? Length(string folder) => Read(Path.Combine(folder, LengthFile), node => node["max_seq_length"]?.GetValue<int>());

    private static T? Read<T>(string path, Func<JsonNode, T> of)
    {
        if (!File.Exists(path)) return default;
        try
        {
            return of(JsonNode.Parse(File.ReadAllText(path))!);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException or ArgumentException or FormatException or InvalidDataException)
        {
            throw new InvalidDataException(error.Message.StartsWith('\'') ? error.Message : $"'{path}': {error.Message}.", error);
        }
    }

    private static void Write(string folder, string file, JsonNode content)
    {
        Directory.CreateDirectory(folder);
        FileSync.ReplaceFile(Path.Combine(folder, file), stream => JsonSerializer.Serialize(stream, content, Indented));
    }
}

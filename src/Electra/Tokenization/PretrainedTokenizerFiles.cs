using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Native;

namespace Electra.Tokenization;

/// <summary>The tokenizer's part of a Hugging Face folder.</summary>
internal static class PretrainedTokenizerFiles
{
    private const string VocabularyName = "vocab.txt", TokenizerName = "tokenizer.json", ConfigName = "tokenizer_config.json",
        SpecialTokensName = "special_tokens_map.json";

    private static readonly JsonSerializerOptions Json =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ElectraTokenizer Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string vocabularyPath = Path.Combine(folder, VocabularyName), tokenizerPath = Path.Combine(folder, TokenizerName);
        if (!File.Exists(vocabularyPath) && !File.Exists(tokenizerPath))
        {
            throw new FileNotFoundException(
                $"'{folder}' has neither {VocabularyName} nor {TokenizerName}; point to a folder with a BERT or ELECTRA tokenizer",
                vocabularyPath);
        }

        TokenizerJson? tokenizer = File.Exists(tokenizerPath) ? TokenizerJson.Read(tokenizerPath) : null;
        bool hasVocabulary = File.Exists(vocabularyPath);
        IReadOnlyList<string> vocabulary = hasVocabulary ? ReadVocabulary(vocabularyPath) : tokenizer!.Vocabulary;
        return Create(hasVocabulary ? vocabularyPath : tokenizerPath, vocabulary, ReadOptions(folder, tokenizer));
    }

    public static string[] ReadVocabulary(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"vocabulary file '{path}' does not exist", path);
        try
        {
            return File.ReadAllLines(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"{path}: not UTF-8 ({exception.Message}); expected one UTF-8 token a line", exception);
        }
    }

    public static ElectraTokenizer Create(string path, IReadOnlyList<string> vocabulary, ElectraTokenizerOptions options)
    {
        try
        {
            return new ElectraTokenizer(vocabulary, options);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    public static void Write(ElectraTokenizer tokenizer, string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        WriteText(Path.Combine(folder, VocabularyName), string.Join('\n', tokenizer.Vocabulary) + "\n");
        ElectraTokenizerOptions options = tokenizer.Options;
        var specialTokens = new JsonObject
        {
            ["cls_token"] = options.ClsToken,
            ["mask_token"] = options.MaskToken,
            ["pad_token"] = options.PadToken,
            ["sep_token"] = options.SepToken,
            ["unk_token"] = options.UnknownToken,
        };
        var config = new JsonObject
        {
            ["do_basic_tokenize"] = true,
            ["do_lower_case"] = options.Lowercase,
            ["strip_accents"] = options.StripAccents,
            ["tokenize_chinese_chars"] = options.TokenizeChineseCharacters,
            ["tokenizer_class"] = "ElectraTokenizer",
        };
        foreach ((string key, JsonNode? token) in specialTokens) config.Add(key, token!.DeepClone());
        WriteJson(Path.Combine(folder, SpecialTokensName), specialTokens);
        WriteJson(Path.Combine(folder, ConfigName), config);
        WriteJson(Path.Combine(folder, TokenizerName), TokenizerJson.Describe(tokenizer));
    }

    public static JsonObject ReadJson(string path)
    {
        try
        {
            // repeated keys would otherwise only show when they are first read
            return JsonNode.Parse(File.ReadAllText(path), documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new InvalidDataException($"{path}: expected a JSON object");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path}: not valid JSON: {exception.Message}", exception);
        }
    }

    private static ElectraTokenizerOptions ReadOptions(string folder, TokenizerJson? tokenizer)
    {
        string configPath = Path.Combine(folder, ConfigName), mapPath = Path.Combine(folder, SpecialTokensName);
        JsonObject config = File.Exists(configPath) ? ReadJson(configPath) : [];
        JsonObject map = File.Exists(mapPath) ? ReadJson(mapPath) : [];
        ElectraTokenizerOptions defaults = tokenizer?.Options ?? new();
        string Token(string key, string fallback) => TokenText(configPath, config[key]) ?? TokenText(mapPath, map[key]) ?? fallback;
        return new()
        {
            Lowercase = Flag(configPath, config, "do_lower_case") ?? defaults.Lowercase,
            StripAccents = Flag(configPath, config, "strip_accents") ?? defaults.StripAccents,
            TokenizeChineseCharacters = Flag(configPath, config, "tokenize_chinese_chars") ?? defaults.TokenizeChineseCharacters,
            PadToken = Token("pad_token", defaults.PadToken),
            UnknownToken = Token("unk_token", defaults.UnknownToken),
            ClsToken = Token("cls_token", defaults.ClsToken),
            SepToken = Token("sep_token", defaults.SepToken),
            MaskToken = Token("mask_token", defaults.MaskToken),
        };
    }

    /// <summary>Reads true, false or null; a missing key is null.</summary>
    internal static bool? Flag(string path, JsonObject json, string key) => json[key] switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out bool flag) => flag,
        _ => throw new InvalidDataException($"{path}: '{key}' must be true, false or null"),
    };

    /// <summary>A special token is a string, or an object with its text under <c>content</c>.</summary>
    private static string? TokenText(string path, JsonNode? node) => node switch
    {
        null => null,
        JsonObject token => TokenText(path, token["content"]),
        JsonValue value when value.TryGetValue(out string? text) => text,
        _ => throw new InvalidDataException($"{path}: a special token is a string or an object with 'content', not {node.ToJsonString()}"),
    };

    private static void WriteJson(string path, JsonObject json) => WriteText(path, json.ToJsonString(Json) + "\n");

    private static void WriteText(string path, string text) => FileSync.ReplaceFile(path, file => file.Write(Encoding.UTF8.GetBytes(text)));
}

using System.Text.Json.Nodes;

namespace Electra.Tokenization;

/// <summary>Reads the tokenizer's part of a Hugging Face folder; which file wins is as in their <c>AutoTokenizer</c>.</summary>
internal sealed class PretrainedTokenizerReader
{
    public const string ConfigName = "tokenizer_config.json", SpecialTokensName = "special_tokens_map.json",
        AddedTokensName = "added_tokens.json";

    /// <summary>Classes whose files say everything in <c>tokenizer.json</c>, so that flags elsewhere change nothing.</summary>
    private static readonly string[] GeneralClasses = ["PreTrainedTokenizerFast", "TokenizersBackend"];

    /// <summary>Classes that are BERT's tokenizer under another name, with or without <c>Fast</c>.</summary>
    private static readonly string[] BertClasses =
    [
        "ElectraTokenizer", "BertTokenizer", "ConvBertTokenizer", "DistilBertTokenizer", "LayoutLMTokenizer", "LxmertTokenizer",
        "MobileBertTokenizer", "SqueezeBertTokenizer",
    ];

    private static readonly string[] Sides = ["truncation_side", "padding_side"];

    private readonly string _vocabularyPath, _tokenizerPath, _configPath, _mapPath, _addedPath;
    private readonly JsonObject _config, _map;
    private readonly TokenizerJson? _tokenizer;

    private PretrainedTokenizerReader(string folder)
    {
        _vocabularyPath = Path.Combine(folder, VocabularyFile.Name);
        _tokenizerPath = Path.Combine(folder, TokenizerJson.Name);
        (_configPath, _mapPath) = (Path.Combine(folder, ConfigName), Path.Combine(folder, SpecialTokensName));
        _addedPath = Path.Combine(folder, AddedTokensName);
        if (!File.Exists(_vocabularyPath) && !File.Exists(_tokenizerPath))
        {
            throw new FileNotFoundException($"'{folder}' has neither {VocabularyFile.Name} nor {TokenizerJson.Name}; " +
                "point to a folder with a BERT or ELECTRA tokenizer", _vocabularyPath);
        }

        _tokenizer = File.Exists(_tokenizerPath) ? TokenizerJson.Read(_tokenizerPath) : null;
        _config = JsonFile.ReadIfThere(_configPath);
        // once the config lists the added tokens, it says all that the map does
        _map = _config.ContainsKey("added_tokens_decoder") ? [] : JsonFile.ReadIfThere(_mapPath);
    }

    private string? ConfigClass => JsonFile.Text(_config["tokenizer_class"]);

    public static ElectraTokenizer Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return new PretrainedTokenizerReader(folder).Read();
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

    private ElectraTokenizer Read()
    {
        ElectraTokenizerOptions options = ReadNames(ReadFlags());
        IReadOnlyList<string> vocabulary = _tokenizer?.Vocabulary ?? VocabularyFile.Read(_vocabularyPath);
        var added = new AddedTokenList(vocabulary);
        foreach ((AddedToken token, int id) in _tokenizer?.Added ?? []) added.Add(_tokenizerPath, token, id);
        if (_config["added_tokens_decoder"] is JsonObject decoder) AddDecoder(added, decoder);
        else AddLegacy(added, options);
        AddMoreSpecial(added, _configPath, _config);
        AddMoreSpecial(added, _mapPath, _map);
        string path = _tokenizer is null ? _vocabularyPath : _tokenizerPath;
        ElectraTokenizer tokenizer = Create(path, vocabulary, options with { AddedTokens = Needed(added, options, vocabulary) });
        if (_tokenizer is null) return tokenizer;
        if (File.Exists(_vocabularyPath)) CheckSameVocabulary(tokenizer);
        SpecialTokens special = tokenizer.SpecialTokens;
        if (_tokenizer.Frame is { } frame && ((frame.ClsId ?? special.ClsId) != special.ClsId || (frame.SepId ?? special.SepId) != special.SepId))
        {
            throw new InvalidDataException($"{_tokenizerPath}: the post_processor has ids {frame.ClsId} and {frame.SepId} for {frame.Cls} and " +
                $"{frame.Sep}, the vocabulary {special.ClsId} and {special.SepId}");
        }

        return tokenizer;
    }

    private ElectraTokenizerOptions ReadFlags()
    {
        ElectraTokenizerOptions options = _tokenizer?.Options ?? new();
        if (_tokenizer is null && ConfigClass is { } name && !BertClasses.Contains(name.Replace("Fast", string.Empty)))
        {
            throw new InvalidDataException($"{_configPath}: 'tokenizer_class' is {name}; without a {TokenizerJson.Name}, supported are " +
                string.Join(", ", BertClasses));
        }

        foreach (string side in Sides)
        {
            if (_config[side] is { } node && JsonFile.Text(node) != "right")
                throw new InvalidDataException($"{_configPath}: '{side}' is {node.ToJsonString()}; texts are cut and filled up at their right end alone");
        }

        options = options with { ModelMaxLength = ReadModelMaxLength() };
        if (GeneralClasses.Contains(ConfigClass)) return options;
        bool? Given(string key) => JsonFile.Flag(_configPath, _config, key);
        ElectraTokenizerOptions flagged = options with
        {
            Lowercase = Given("do_lower_case") ?? options.Lowercase,
            StripAccents = _config.ContainsKey("strip_accents") ? Given("strip_accents") : options.StripAccents,
            TokenizeChineseCharacters = Given("tokenize_chinese_chars") ?? options.TokenizeChineseCharacters,
        };
        bool isMore = flagged.Lowercase || flagged.StripsAccents || flagged.TokenizeChineseCharacters;
        if (_tokenizer is { Options: { CleanText: false, Lowercase: false, StripsAccents: false, TokenizeChineseCharacters: false } } && isMore)
        {
            throw new InvalidDataException($"{_configPath}: 'do_lower_case', 'strip_accents' or 'tokenize_chinese_chars' asks for what " +
                $"{_tokenizerPath} has no normalizer for; correct one of the two");
        }

        return flagged;
    }

    /// <summary>Numbers beyond an int are Hugging Face's way to say that nobody gave one.</summary>
    private int? ReadModelMaxLength()
    {
        if (_config["model_max_length"] is not { } node) return null;
        if (JsonFile.Number(node) is int length and > 0) return length;
        return node is JsonValue value && value.TryGetValue(out double number) && number > int.MaxValue ? null : throw new InvalidDataException(
            $"{_configPath}: 'model_max_length' is {node.ToJsonString()}; expected a whole number of 1 or more");
    }

    private ElectraTokenizerOptions ReadNames(ElectraTokenizerOptions options)
    {
        string? Given(string key) => NamedToken(key)?.Content;
        string unknown = Given("unk_token") ?? options.UnknownToken, cls = Given("cls_token") ?? _tokenizer?.Frame?.Cls ?? options.ClsToken,
            sep = Given("sep_token") ?? _tokenizer?.Frame?.Sep ?? options.SepToken;
        if (_tokenizer is not null && unknown != _tokenizer.Options.UnknownToken)
            throw Contradiction("unk_token", unknown, "the model", _tokenizer.Options.UnknownToken);
        if (_tokenizer?.Frame is { } frame)
        {
            if (cls != frame.Cls) throw Contradiction("cls_token", cls, "the post_processor", frame.Cls);
            if (sep != frame.Sep) throw Contradiction("sep_token", sep, "the post_processor", frame.Sep);
        }

        return options with
        {
            PadToken = Given("pad_token") ?? options.PadToken,
            UnknownToken = unknown,
            ClsToken = cls,
            SepToken = sep,
            MaskToken = Given("mask_token") ?? options.MaskToken,
        };
    }

    private InvalidDataException Contradiction(string key, string value, string part, string other) =>
        new($"{_configPath}: '{key}' is '{value}', but {part} in {_tokenizerPath} has '{other}'; correct one of the two");

    private AddedToken? NamedToken(string key) =>
        AddedTokenJson.Read(_mapPath, _map[key], special: true) ?? AddedTokenJson.Read(_configPath, _config[key], special: true);

    /// <summary>Added tokens may stand at the end of vocab.txt or not; Hugging Face's reader drops whitespace at the end of a line.</summary>
    private void CheckSameVocabulary(ElectraTokenizer tokenizer)
    {
        string[] lines = VocabularyFile.Read(_vocabularyPath);
        for (int id = 0; id < Math.Max(lines.Length, tokenizer.ModelVocabSize); id++)
        {
            string? line = id < lines.Length ? lines[id] : null, token = id < tokenizer.VocabSize ? tokenizer.Vocabulary[id] : null;
            if (line?.TrimEnd() == token?.TrimEnd()) continue;
            throw new InvalidDataException($"{_vocabularyPath}: id {id} is {(line is null ? "missing" : $"'{line}'")}, in {_tokenizerPath} " +
                $"{(token is null ? "missing" : $"'{token}'")}; remove the file that is out of date");
        }
    }

    private void AddDecoder(AddedTokenList added, JsonObject decoder)
    {
        foreach ((string key, JsonNode? node) in decoder)
        {
            if (!int.TryParse(key, out int id) || AddedTokenJson.Read(_configPath, node, special: false) is not { } token)
                throw new InvalidDataException($"{_configPath}: 'added_tokens_decoder' needs an id and a token, got '{key}'");
            added.Add(_configPath, token, id);
        }
    }

    /// <summary>Before the config listed added tokens: flags of the special ones in the map, the rest in a file of its own.</summary>
    private void AddLegacy(AddedTokenList added, ElectraTokenizerOptions options)
    {
        string[] keys = ["pad_token", "unk_token", "cls_token", "sep_token", "mask_token"];
        foreach (string key in keys)
        {
            if (NamedToken(key) is { IsPlainSpecial: false } token) added.Add(_mapPath, token with { Special = true });
        }

        if (!File.Exists(_addedPath)) return;
        foreach ((string content, JsonNode? node) in JsonFile.Read(_addedPath))
        {
            if (JsonFile.Number(node) is not int id)
                throw new InvalidDataException($"{_addedPath}: '{content}' needs a whole-number id, got {node?.ToJsonString() ?? "null"}");
            AddedToken token = new() { Content = content, Special = options.SpecialTokens.Contains(content) };
            added.Add(_addedPath, added.Find(content) ?? token, id);
        }
    }

    private static void AddMoreSpecial(AddedTokenList added, string path, JsonObject json)
    {
        foreach (string key in new[] { "additional_special_tokens", "extra_special_tokens" })
        {
            IEnumerable<JsonNode?> nodes = json[key] switch
            {
                JsonArray list => list,
                JsonObject named => named.Select(entry => entry.Value),
                null => [],
                var other => throw new InvalidDataException($"{path}: '{key}' must be a list of tokens, not {other.ToJsonString()}"),
            };
            foreach (JsonNode? node in nodes)
            {
                if (AddedTokenJson.Read(path, node, special: true) is { } token && added.Find(token.Content) is null) added.Add(path, token);
            }
        }
    }

    /// <summary>All but the five special tokens where nothing but the usual is said of them.</summary>
    private static AddedToken[] Needed(AddedTokenList added, ElectraTokenizerOptions options, IReadOnlyList<string> vocabulary) =>
    [
        .. added.Complete()
            .Select(token => options.SpecialTokens.Contains(token.Content) ? token with { Special = true, Normalized = token.IsNormalized } : token)
            .Where(token => !token.IsPlainSpecial || !options.SpecialTokens.Contains(token.Content) || !vocabulary.Contains(token.Content)),
    ];
}

using System.Text.Json.Nodes;

namespace Electra.Tokenization;

/// <summary>The <c>tokenizer.json</c> of the Rust <c>tokenizers</c> library, as far as a BERT tokenizer uses it.</summary>
internal sealed record TokenizerJson(IReadOnlyList<string> Vocabulary, ElectraTokenizerOptions Options)
{
    public static TokenizerJson Read(string path)
    {
        JsonObject json = PretrainedTokenizerFiles.ReadJson(path);
        JsonObject model = json["model"] as JsonObject ?? throw new InvalidDataException($"{path}: expected an object 'model'");
        if (model["vocab"] is not JsonObject vocabulary || (Text(model["type"]) is { } type && type != "WordPiece"))
            throw new InvalidDataException($"{path}: 'model' must be of type WordPiece and hold an object 'vocab'; no other kind works");
        if (Text(model["continuing_subword_prefix"]) is { } prefix && prefix != "##")
            throw new InvalidDataException($"{path}: pieces that continue a word must start with '##', this file has '{prefix}'");
        JsonObject? normalizer = FindNormalizer(json["normalizer"]);
        var options = new ElectraTokenizerOptions { UnknownToken = Text(model["unk_token"]) ?? "[UNK]" };
        if (normalizer is not null)
        {
            options = options with
            {
                Lowercase = PretrainedTokenizerFiles.Flag(path, normalizer, "lowercase") ?? true,
                StripAccents = PretrainedTokenizerFiles.Flag(path, normalizer, "strip_accents"),
                TokenizeChineseCharacters = PretrainedTokenizerFiles.Flag(path, normalizer, "handle_chinese_chars") ?? true,
            };
        }

        return new(OrderById(path, vocabulary, json["added_tokens"] as JsonArray ?? []), options);
    }

    public static JsonObject Describe(ElectraTokenizer tokenizer)
    {
        SpecialTokens special = tokenizer.SpecialTokens;
        var vocabulary = new JsonObject();
        for (int id = 0; id < tokenizer.VocabularySize; id++) vocabulary.Add(tokenizer.Vocabulary[id], id);
        return new()
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. special.AllIds.Order().Select(id => AddedToken(tokenizer.Vocabulary[id], id))]),
            ["normalizer"] = new JsonObject
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = true,
                ["handle_chinese_chars"] = tokenizer.Options.TokenizeChineseCharacters,
                ["strip_accents"] = tokenizer.Options.StripAccents,
                ["lowercase"] = tokenizer.Options.Lowercase,
            },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = DescribeTemplate(special),
            ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = special.Unknown,
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = BasicTokenizer.MaxWordLength,
                ["vocab"] = vocabulary,
            },
        };
    }

    private static JsonObject AddedToken(string token, int id) => new()
    {
        ["id"] = id,
        ["content"] = token,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };

    private static JsonObject DescribeTemplate(SpecialTokens special)
    {
        static JsonObject Part(string kind, string id, int type) => new() { [kind] = new JsonObject { ["id"] = id, ["type_id"] = type } };
        JsonObject Cls() => Part("SpecialToken", special.Cls, 0);
        JsonObject Sep(int type) => Part("SpecialToken", special.Sep, type);
        static JsonObject Ids(string token, int id) =>
            new() { ["id"] = token, ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(token) };
        return new()
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(Cls(), Part("Sequence", "A", 0), Sep(0)),
            ["pair"] = new JsonArray(Cls(), Part("Sequence", "A", 0), Sep(0), Part("Sequence", "B", 1), Sep(1)),
            ["special_tokens"] = new JsonObject
            {
                [special.Cls] = Ids(special.Cls, special.ClsId),
                [special.Sep] = Ids(special.Sep, special.SepId),
            },
        };
    }

    private static JsonObject? FindNormalizer(JsonNode? node) => node switch
    {
        JsonObject normalizer when Text(normalizer["type"]) == "BertNormalizer" => normalizer,
        JsonObject sequence when sequence["normalizers"] is JsonArray parts =>
            parts.Select(FindNormalizer).FirstOrDefault(part => part is not null),
        _ => null,
    };

    /// <summary>The ids must be 0, 1, 2, ... over the model's vocabulary and any tokens added after it.</summary>
    private static string[] OrderById(string path, JsonObject vocabulary, JsonArray added)
    {
        var tokenById = new SortedDictionary<int, string>();
        void Add(int? id, string? token)
        {
            if (id is null || token is null)
                throw new InvalidDataException($"{path}: expected a token and a whole-number id, got '{token}': {id}");
            if (!tokenById.TryAdd(id.Value, token) && tokenById[id.Value] != token)
                throw new InvalidDataException($"{path}: id {id} belongs to both '{tokenById[id.Value]}' and '{token}'");
        }

        foreach ((string token, JsonNode? id) in vocabulary) Add(Number(id), token);
        foreach (JsonObject? token in added.OfType<JsonObject>()) Add(Number(token["id"]), Text(token["content"]));
        int last = tokenById.Count - 1;
        if (last >= 0 && (tokenById.Keys.First() != 0 || tokenById.Keys.Last() != last))
            throw new InvalidDataException($"{path}: ids must run from 0 to {last} without gaps; the largest is {tokenById.Keys.Last()}");
        return [.. tokenById.Values];
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static int? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out int number) ? number : null;
}

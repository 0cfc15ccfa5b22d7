using System.Text.Json.Nodes;

namespace Electra.Tokenization;

/// <summary>The <c>tokenizer.json</c> of Hugging Face's engine, as far as it is a BERT tokenizer.</summary>
/// <param name="Vocabulary">The model's, without tokens that were added beyond it.</param>
/// <param name="Options">Normalisation and model.</param>
/// <param name="Frame">The tokens that open a sequence and end a text, where the file says so.</param>
/// <param name="Added">Added tokens, with their ids.</param>
internal sealed record TokenizerJson(
    IReadOnlyList<string> Vocabulary,
    ElectraTokenizerOptions Options,
    TokenizerFrame? Frame,
    IReadOnlyList<(AddedToken Token, int Id)> Added)
{
    public const string Name = "tokenizer.json";
    private const string Version = "1.0";

    public static TokenizerJson Read(string path)
    {
        JsonObject json = JsonFile.Read(path);
        if (JsonFile.Text(json["version"]) is { } version && version != Version)
            throw new InvalidDataException($"{path}: version '{version}' of the format; supported is '{Version}'");
        JsonObject model = json["model"] as JsonObject ?? throw new InvalidDataException($"{path}: expected an object 'model'");
        // files before 0.9 name no type; a WordPiece model then shows by its prefix
        string type = JsonFile.Text(model["type"]) ?? (model.ContainsKey("continuing_subword_prefix") ? "WordPiece" : "unknown");
        if (type != "WordPiece" || model["vocab"] is not JsonObject vocabulary)
            throw new InvalidDataException($"{path}: the model is {type}; supported is WordPiece with an object 'vocab'");
        if (JsonFile.Text(model["continuing_subword_prefix"]) is { } prefix && prefix != "##")
            throw new InvalidDataException($"{path}: pieces that continue a word must start with '##', this file has '{prefix}'");
        JsonNode? limit = model["max_input_chars_per_word"];
        int? longest = JsonFile.Number(limit);
        if (limit is not null && longest is not (>= 1 and <= ElectraTokenizerOptions.LongestWord))
            throw new InvalidDataException($"{path}: 'max_input_chars_per_word' is {limit.ToJsonString()}; expected a whole number from 1 to {ElectraTokenizerOptions.LongestWord:N0}");
        string[] words = OrderById(path, vocabulary);
        ElectraTokenizerOptions options = TokenizerPipeline.ReadNormalizer(path, json["normalizer"]);
        TokenizerPipeline.CheckPreTokenizer(path, json["pre_tokenizer"]);
        TokenizerPipeline.CheckDecoder(path, json["decoder"]);
        return new(
            words,
            options with
            {
                UnknownToken = JsonFile.Text(model["unk_token"]) ?? options.UnknownToken,
                MaxInputCharsPerWord = longest ?? options.MaxInputCharsPerWord,
            },
            TokenizerPipeline.ReadFrame(path, json["post_processor"]),
            [.. (json["added_tokens"] as JsonArray ?? []).Select(token => ReadAdded(path, token))]);
    }

    public static JsonObject Describe(ElectraTokenizer tokenizer)
    {
        var vocabulary = new JsonObject();
        for (int id = 0; id < tokenizer.ModelVocabSize; id++) vocabulary.Add(tokenizer.Vocabulary[id], id);
        return new()
        {
            ["version"] = Version,
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. tokenizer.AddedTokens.OrderBy(added => added.Id).Select(DescribeAdded)]),
            ["normalizer"] = new JsonObject
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = tokenizer.Options.CleanText,
                ["handle_chinese_chars"] = tokenizer.Options.TokenizeChineseCharacters,
                ["strip_accents"] = tokenizer.Options.StripAccents,
                ["lowercase"] = tokenizer.Options.Lowercase,
            },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = DescribeTemplate(tokenizer.SpecialTokens),
            ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = tokenizer.SpecialTokens.Unknown,
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = tokenizer.Options.MaxInputCharsPerWord,
                ["vocab"] = vocabulary,
            },
        };
    }

    private static JsonObject DescribeAdded((AddedToken Token, int Id) added)
    {
        JsonObject json = AddedTokenJson.Describe(added.Token);
        json.Insert(0, "id", added.Id);
        return json;
    }

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

    private static (AddedToken Token, int Id) ReadAdded(string path, JsonNode? node)
    {
        AddedToken? token = AddedTokenJson.Read(path, node, special: false);
        return token is not null && JsonFile.Number(node is JsonObject json ? json["id"] : null) is int id
            ? (token, id)
            : throw new InvalidDataException($"{path}: an added token needs a whole-number id, got {node?.ToJsonString() ?? "null"}");
    }

    /// <summary>The ids must be 0, 1, 2, ...</summary>
    private static string[] OrderById(string path, JsonObject vocabulary)
    {
        var tokenById = new SortedDictionary<int, string>();
        foreach ((string token, JsonNode? node) in vocabulary)
        {
            if (JsonFile.Number(node) is not int id)
                throw new InvalidDataException($"{path}: expected a token and a whole-number id, got '{token}': {node?.ToJsonString() ?? "null"}");
            if (!tokenById.TryAdd(id, token))
                throw new InvalidDataException($"{path}: id {id} belongs to both '{tokenById[id]}' and '{token}'");
        }

        int last = tokenById.Count - 1;
        if (last >= 0 && (tokenById.Keys.First() != 0 || tokenById.Keys.Last() != last))
            throw new InvalidDataException($"{path}: ids must run from 0 to {last} without gaps; the largest is {tokenById.Keys.Last()}");
        return [.. tokenById.Values];
    }
}

using System.Text.Json.Nodes;

namespace Electra.Tokenization;

/// <summary>The parts of a <c>tokenizer.json</c> around the model: taken where they are BERT's, refused by name where they are not.</summary>
internal static class TokenizerPipeline
{
    /// <summary>Reads <c>normalizer</c> into options.</summary>
    public static ElectraTokenizerOptions ReadNormalizer(string path, JsonNode? node)
    {
        JsonObject? normalizer = Only(node, "normalizers");
        if (normalizer is null)
            return new() { CleanText = false, TokenizeChineseCharacters = false, StripAccents = false, Lowercase = false };
        Require(path, "normalizer", node, normalizer, "BertNormalizer", "BertNormalizer with any options, or null");
        return new()
        {
            CleanText = JsonFile.Flag(path, normalizer, "clean_text") ?? true,
            TokenizeChineseCharacters = JsonFile.Flag(path, normalizer, "handle_chinese_chars") ?? true,
            StripAccents = JsonFile.Flag(path, normalizer, "strip_accents"),
            Lowercase = JsonFile.Flag(path, normalizer, "lowercase") ?? true,
        };
    }

    /// <summary>Checks <c>pre_tokenizer</c>.</summary>
    public static void CheckPreTokenizer(string path, JsonNode? node) =>
        Require(path, "pre_tokenizer", node, Only(node, "pretokenizers"), "BertPreTokenizer", "BertPreTokenizer");

    /// <summary>Checks <c>decoder</c>.</summary>
    public static void CheckDecoder(string path, JsonNode? node)
    {
        if (Only(node, "decoders") is not { } decoder) return;
        Require(path, "decoder", node, decoder, "WordPiece", "WordPiece with prefix '##', or null");
        if (JsonFile.Text(decoder["prefix"]) is { } prefix && prefix != "##")
            throw new InvalidDataException($"{path}: the decoder's prefix is '{prefix}'; only '##' is supported");
    }

    /// <summary>Checks <c>post_processor</c>; without one, sequences are framed as BERT's are.</summary>
    /// <returns>The tokens that open a sequence and end a text, or null when there is no post-processor.</returns>
    public static TokenizerFrame? ReadFrame(string path, JsonNode? node)
    {
        const string Supported = "TemplateProcessing or BertProcessing of the form [CLS] A [SEP] B [SEP], or null";
        if (Only(node, "processors") is not { } processor) return null;
        if (JsonFile.Text(processor["type"]) == "BertProcessing")
        {
            return (NameIn(processor["cls"]), NameIn(processor["sep"])) is ({ } cls, { } sep)
                ? new(cls, JsonFile.Number(processor["cls"]![1]), sep, JsonFile.Number(processor["sep"]![1]))
                : throw new InvalidDataException($"{path}: BertProcessing needs 'cls' and 'sep', each a token and its id");
        }

        Require(path, "post_processor", node, processor, "TemplateProcessing", Supported);
        string single = Template(processor["single"]), pair = Template(processor["pair"]);
        string[] parts = single.Split(' ');
        if (parts is [var first, "$A:0", var last] && pair == $"{first} $A:0 {last} $B:1 {last[..^1]}1"
            && first.EndsWith(":0", StringComparison.Ordinal) && last.EndsWith(":0", StringComparison.Ordinal))
        {
            int? IdOf(string token) => JsonFile.Number((processor["special_tokens"]?[token]?["ids"] as JsonArray)?.FirstOrDefault());
            return new(first[..^2], IdOf(first[..^2]), last[..^2], IdOf(last[..^2]));
        }

        throw new InvalidDataException($"{path}: the post_processor is TemplateProcessing of '{single}' and '{pair}'; supported is {Supported}");
    }

    /// <summary>The node itself, or what a sequence of one holds.</summary>
    private static JsonObject? Only(JsonNode? node, string parts)
    {
        while (node is JsonObject sequence && JsonFile.Text(sequence["type"]) == "Sequence" && sequence[parts] is JsonArray { Count: 1 } only)
            node = only[0];
        return node as JsonObject;
    }

    private static void Require(string path, string part, JsonNode? node, JsonObject? found, string type, string supported)
    {
        if (JsonFile.Text(found?["type"]) == type) return;
        throw new InvalidDataException($"{path}: the {part} is {Describe(node)}; supported is {supported}");
    }

    private static string Describe(JsonNode? node)
    {
        if (node is not JsonObject json) return node?.ToJsonString() ?? "null";
        string type = JsonFile.Text(json["type"]) ?? json.ToJsonString();
        JsonArray? parts = json.Select(entry => entry.Value).OfType<JsonArray>().FirstOrDefault();
        return type == "Sequence" && parts is not null ? $"Sequence of {string.Join(", ", parts.Select(Describe))}" : type;
    }

    private static string? NameIn(JsonNode? node) => node is JsonArray { Count: 2 } pair ? JsonFile.Text(pair[0]) : null;

    /// <summary>A template as the engine's users write it: <c>[CLS]:0 $A:0 [SEP]:0</c>.</summary>
    private static string Template(JsonNode? node)
    {
        static string Part(JsonNode? part)
        {
            (string kind, JsonNode? value) = part is JsonObject { Count: 1 } json ? json.First() : new(string.Empty, null);
            string? id = JsonFile.Text(value?["id"]);
            int? type = JsonFile.Number(value?["type_id"]);
            return kind == "Sequence" ? $"${id}:{type}" : $"{id}:{type}";
        }

        return node is JsonArray parts ? string.Join(' ', parts.Select(Part)) : string.Empty;
    }
}

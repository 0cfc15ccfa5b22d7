using System.Text.Json.Nodes;

namespace Electra.Tokenization;

/// <summary>An added token as Hugging Face's files have it: its text alone, or an object with <c>content</c> and flags.</summary>
internal static class AddedTokenJson
{
    /// <summary>Reads one; null stands for none.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="node">The text or the object.</param>
    /// <param name="special">Whether it is special where the file does not say so.</param>
    public static AddedToken? Read(string path, JsonNode? node, bool special)
    {
        if (node is null) return null;
        if (JsonFile.Text(node) is { Length: > 0 } text) return new() { Content = text, Special = special };
        if (node is not JsonObject json || JsonFile.Text(json["content"]) is not { Length: > 0 } content)
            throw new InvalidDataException($"{path}: a token is a string or an object with 'content', not {node.ToJsonString()}");
        return new()
        {
            Content = content,
            Special = JsonFile.Flag(path, json, "special") ?? special,
            LStrip = JsonFile.Flag(path, json, "lstrip") ?? false,
            RStrip = JsonFile.Flag(path, json, "rstrip") ?? false,
            SingleWord = JsonFile.Flag(path, json, "single_word") ?? false,
            Normalized = JsonFile.Flag(path, json, "normalized"),
        };
    }

    /// <summary>The whole token.</summary>
    public static JsonObject Describe(AddedToken token) => new()
    {
        ["content"] = token.Content,
        ["single_word"] = token.SingleWord,
        ["lstrip"] = token.LStrip,
        ["rstrip"] = token.RStrip,
        ["normalized"] = token.IsNormalized,
        ["special"] = token.Special,
    };

    /// <summary>Its text, where that says everything about a special token, or the object without <c>special</c>.</summary>
    public static JsonNode DescribeSpecial(AddedToken token)
    {
        if (token.IsPlainSpecial) return token.Content;
        JsonObject json = Describe(token);
        json.Remove("special");
        return json;
    }
}

using System.Globalization;
using System.Text.Json.Nodes;

namespace Electra.Tokenization;

/// <summary>Writes the tokenizer's part of a Hugging Face folder, with every key of theirs that means something here.</summary>
internal static class PretrainedTokenizerWriter
{
    /// <summary>What every published ELECTRA takes.</summary>
    private const int UsualMaxLength = 512;

    public static void Write(ElectraTokenizer tokenizer, string folder, int? modelMaxLength)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (modelMaxLength is int given) ArgumentOutOfRangeException.ThrowIfLessThan(given, 1, nameof(modelMaxLength));
        int? longest = tokenizer.Options.ModelMaxLength < modelMaxLength ? tokenizer.Options.ModelMaxLength : modelMaxLength;
        string At(string name) => Path.Combine(folder, name);
        Directory.CreateDirectory(folder);
        // whoever stops this halfway leaves no file of another tokenizer that contradicts those of this one
        File.Delete(At(TokenizerJson.Name));
        File.Delete(At(PretrainedTokenizerReader.AddedTokensName));
        VocabularyFile.Write(At(VocabularyFile.Name), tokenizer.Vocabulary.Take(tokenizer.ModelVocabSize));
        JsonFile.Write(
            At(PretrainedTokenizerReader.ConfigName), DescribeConfig(tokenizer, longest ?? tokenizer.Options.ModelMaxLength ?? UsualMaxLength));
        JsonFile.Write(At(PretrainedTokenizerReader.SpecialTokensName), DescribeSpecialTokens(tokenizer));
        var beyond = new JsonObject(tokenizer.AddedTokens.Where(added => added.Id >= tokenizer.ModelVocabSize)
            .Select(added => KeyValuePair.Create(added.Token.Content, (JsonNode?)added.Id)));
        if (beyond.Count > 0) JsonFile.Write(At(PretrainedTokenizerReader.AddedTokensName), beyond);
        JsonFile.Write(At(TokenizerJson.Name), TokenizerJson.Describe(tokenizer));
    }

    private static JsonObject DescribeConfig(ElectraTokenizer tokenizer, int modelMaxLength)
    {
        ElectraTokenizerOptions options = tokenizer.Options;
        // their class for BERT builds normalizer and model itself and always cleans, so what it lacks needs the one that reads the file
        bool isBert = options.CleanText && options.MaxInputCharsPerWord == new ElectraTokenizerOptions().MaxInputCharsPerWord;
        var config = new JsonObject
        {
            ["added_tokens_decoder"] = new JsonObject(tokenizer.AddedTokens.OrderBy(added => added.Id).Select(added => KeyValuePair.Create(
                added.Id.ToString(CultureInfo.InvariantCulture), (JsonNode?)AddedTokenJson.Describe(added.Token)))),
            ["clean_up_tokenization_spaces"] = true,
            ["do_basic_tokenize"] = true,
            ["do_lower_case"] = options.Lowercase,
            ["model_max_length"] = modelMaxLength,
            ["padding_side"] = "right",
            ["strip_accents"] = options.StripAccents,
            ["tokenize_chinese_chars"] = options.TokenizeChineseCharacters,
            ["tokenizer_class"] = isBert ? "ElectraTokenizer" : "PreTrainedTokenizerFast",
            ["truncation_side"] = "right",
        };
        foreach ((string key, string token) in Names(options)) config.Add(key, token);
        if (MoreSpecial(tokenizer) is { Length: > 0 } more)
            config.Add("additional_special_tokens", new JsonArray([.. more.Select(token => (JsonNode)token.Content)]));
        return config;
    }

    private static JsonObject DescribeSpecialTokens(ElectraTokenizer tokenizer)
    {
        var map = new JsonObject();
        foreach ((string key, string name) in Names(tokenizer.Options))
            map.Add(key, AddedTokenJson.DescribeSpecial(tokenizer.AddedTokens.First(added => added.Token.Content == name).Token));
        if (MoreSpecial(tokenizer) is { Length: > 0 } more)
            map.Add("additional_special_tokens", new JsonArray([.. more.Select(AddedTokenJson.DescribeSpecial)]));
        return map;
    }

    private static AddedToken[] MoreSpecial(ElectraTokenizer tokenizer) =>
    [
        .. tokenizer.AddedTokens.Select(added => added.Token)
            .Where(token => token.Special && !tokenizer.Options.SpecialTokens.Contains(token.Content)),
    ];

    private static (string Key, string Token)[] Names(ElectraTokenizerOptions options) =>
    [
        ("cls_token", options.ClsToken), ("mask_token", options.MaskToken), ("pad_token", options.PadToken),
        ("sep_token", options.SepToken), ("unk_token", options.UnknownToken),
    ];
}

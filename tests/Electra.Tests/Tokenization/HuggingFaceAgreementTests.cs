using System.Text.Json.Nodes;
using Electra.Tokenization;
using static Electra.Tests.Tokenization.TokenizerFixture;

namespace Electra.Tests.Tokenization;

public class HuggingFaceAgreementTests
{
    [SkippableFact]
    public void Items_agree_in_tokens_and_ids()
    {
        ElectraTokenizer tokenizer = Create();
        var failures = new List<string>();
        JsonArray items = Section("items").AsArray();
        foreach (JsonNode? item in items)
        {
            string text = item!["text"]!.GetValue<string>();
            int[] ids = [.. tokenizer.Encode(text).Ids];
            if (!ids.SequenceEqual(Ints(item["ids"])) || !tokenizer.Tokenize(text).SequenceEqual(Strings(item["tokens"])))
                failures.Add($"{item["id"]}: got {string.Join(' ', tokenizer.Tokenize(text))}, expected {item["tokens"]!.ToJsonString()}");
        }

        AssertNone(failures, items.Count);
    }

    [SkippableFact]
    public void Offsets_agree_with_the_Rust_tokenizer()
    {
        ElectraTokenizer tokenizer = Create();
        var failures = new List<string>();
        JsonArray items = Section("items").AsArray();
        foreach (JsonNode? item in items)
        {
            string text = item!["text"]!.GetValue<string>();
            int CodePoints(int index) => text[..index].EnumerateRunes().Count();
            IEnumerable<(int, int)> offsets = tokenizer.Encode(text).Offsets.Select(span => (CodePoints(span.Start), CodePoints(span.End)));
            IEnumerable<(int, int)> expected = item["offsets"]!.AsArray().Select(pair => (Ints(pair)[0], Ints(pair)[1]));
            if (!offsets.SequenceEqual(expected))
                failures.Add($"{item["id"]}: got {string.Join(' ', offsets)}, expected {string.Join(' ', expected)}");
        }

        AssertNone(failures, items.Count);
    }

    [SkippableFact]
    public void Pairs_agree()
    {
        ElectraTokenizer tokenizer = Create();
        var failures = new List<string>();
        JsonArray pairs = Section("pairs").AsArray();
        for (int i = 0; i < pairs.Count; i++)
        {
            JsonNode expected = pairs[i]!;
            TokenizedText encoded = tokenizer.Encode(
                expected["a"]!.GetValue<string>(), expected["b"]?.GetValue<string>(), Options(expected["args"]!));
            if (!encoded.Ids.SequenceEqual(Ints(expected["input_ids"])) || !encoded.TypeIds.SequenceEqual(Ints(expected["token_type_ids"]))
                || !encoded.AttentionMask.SequenceEqual(Ints(expected["attention_mask"])))
            {
                failures.Add($"pair {i} with {expected["args"]!.ToJsonString()}: got {string.Join(' ', encoded.Ids)}, " +
                    $"expected {expected["input_ids"]!.ToJsonString()}");
            }
        }

        AssertNone(failures, pairs.Count);
    }

    [SkippableFact]
    public void The_batch_agrees()
    {
        JsonNode expected = Section("batch");
        EncodedBatch batch = Create().EncodeBatch(Strings(expected["texts"]), options: new() { Padding = PaddingStrategy.Longest });
        int[] Flat(string key) => [.. expected[key]!.AsArray().SelectMany(Ints)];
        Assert.Equal(Flat("input_ids"), batch.InputIds.Select(id => (int)id));
        Assert.Equal(Flat("token_type_ids"), batch.TokenTypeIds.Select(id => (int)id));
        Assert.Equal(Flat("attention_mask"), batch.AttentionMask.Select(id => (int)id));
    }

    [SkippableTheory]
    [InlineData("do_lower_case_false", false, null, true)]
    [InlineData("strip_accents_false", true, false, true)]
    [InlineData("lower_false_strip_true", false, true, true)]
    [InlineData("tokenize_chinese_chars_false", true, null, false)]
    public void Other_options_agree(string key, bool lowercase, bool? stripAccents, bool tokenizeChinese)
    {
        ElectraTokenizer tokenizer = Create(
            new() { Lowercase = lowercase, StripAccents = stripAccents, TokenizeChineseCharacters = tokenizeChinese });
        var failures = new List<string>();
        JsonArray cases = Section("options").AsArray();
        foreach (JsonNode? expected in cases)
        {
            string text = expected!["text"]!.GetValue<string>();
            if (!tokenizer.Tokenize(text).SequenceEqual(Strings(expected[key])))
                failures.Add($"'{text}': got {string.Join(' ', tokenizer.Tokenize(text))}, expected {expected[key]!.ToJsonString()}");
        }

        AssertNone(failures, cases.Count);
    }

    [SkippableFact]
    public void Decoding_agrees()
    {
        ElectraTokenizer tokenizer = Create();
        var failures = new List<string>();
        JsonArray cases = Section("decode").AsArray();
        foreach (JsonNode? expected in cases)
        {
            int[] ids = Ints(expected!["ids"]);
            Check("decode", tokenizer.Decode(ids));
            Check("decode_skip_special", tokenizer.Decode(ids, skipSpecialTokens: true));
            Check("decode_skip_special_no_cleanup", tokenizer.Decode(ids, skipSpecialTokens: true, cleanUp: false));

            void Check(string key, string got)
            {
                if (got != expected[key]!.GetValue<string>()) failures.Add($"{key}: got '{got}', expected '{expected[key]}'");
            }
        }

        AssertNone(failures, 3 * cases.Count);
    }

    private static EncodingOptions Options(JsonNode args) => new()
    {
        MaxLength = args["max_length"]?.GetValue<int>(),
        Truncation = args["truncation"]?.ToString() switch
        {
            null => TruncationStrategy.None,
            "only_first" => TruncationStrategy.OnlyFirst,
            "only_second" => TruncationStrategy.OnlySecond,
            "true" or "longest_first" => TruncationStrategy.LongestFirst,
            string other => throw new InvalidDataException($"unknown truncation '{other}' in the fixture"),
        },
        Padding = args["padding"]?.ToString() switch
        {
            null => PaddingStrategy.None,
            "max_length" => PaddingStrategy.MaxLength,
            string other => throw new InvalidDataException($"unknown padding '{other}' in the fixture"),
        },
    };
}

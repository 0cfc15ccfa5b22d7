using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

/// <summary>
/// Hugging Face's tokenizer engine, in a node process: <c>tests/huggingface-tokenizers</c> with its package installed, in a folder that the
/// variable <c>ELECTRA_HUGGINGFACE_TOKENIZERS</c> names.
/// </summary>
internal static class HuggingFaceEngine
{
    private const string Variable = "ELECTRA_HUGGINGFACE_TOKENIZERS";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Skips the calling test where the engine is not installed.</summary>
    public static void Require() => Skip.If(
        Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder || !Directory.Exists(Path.Combine(folder, "node_modules")),
        $"Hugging Face's engine is not there: copy tests/huggingface-tokenizers, run 'npm install' in it and name it in {Variable}");

    /// <summary>What the engine makes of texts with the tokenizer of each folder; throws where it can't load one.</summary>
    public static IEnumerable<IReadOnlyList<Encoded>> Encode(IReadOnlyList<string> folders, IReadOnlyList<string> texts, bool addSpecialTokens)
    {
        var request = new { tokenizers = folders.Select(folder => Path.Combine(folder, "tokenizer.json")), texts, addSpecialTokens };
        Answer[] answers = JsonSerializer.Deserialize<Answer[]>(Run("encode.js", JsonSerializer.Serialize(request)), Json)!;
        return answers.Select((answer, i) =>
            answer.Results ?? throw new InvalidDataException($"the engine does not load {folders[i]}: {answer.Error}"));
    }

    /// <summary>Runs one of the scripts.</summary>
    public static string Run(string script, string input = "")
    {
        Require();
        var start = new ProcessStartInfo("node", [script])
        {
            WorkingDirectory = Environment.GetEnvironmentVariable(Variable),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Result : throw new InvalidOperationException($"node {script}: {errors.Result}");
    }

    /// <summary>What this library makes of a text, offsets in code points as the engine's.</summary>
    public static Encoded Encode(ElectraTokenizer tokenizer, string text, bool addSpecialTokens = false)
    {
        TokenizedText encoded = tokenizer.Encode(text, options: new() { AddSpecialTokens = addSpecialTokens });
        int[] codePoints = new int[text.Length + 1];
        for (int i = 0; i < text.Length; i++)
            codePoints[i + 1] = codePoints[i] + (char.IsLowSurrogate(text[i]) && i > 0 && char.IsHighSurrogate(text[i - 1]) ? 0 : 1);
        return new([.. encoded.Ids], [.. encoded.Offsets.SelectMany(span => new[] { codePoints[span.Start], codePoints[span.End] })]);
    }

    /// <summary>Fails with the first few texts of which the two make different tokens or offsets.</summary>
    public static void AssertAgrees(string folder, ElectraTokenizer tokenizer, IReadOnlyList<string> texts, bool addSpecialTokens = false) =>
        AssertAgrees(Encode([folder], texts, addSpecialTokens).Single(), tokenizer, texts, addSpecialTokens);

    /// <summary>The same for what the engine gave already.</summary>
    public static void AssertAgrees(
        IReadOnlyList<Encoded> expected, ElectraTokenizer tokenizer, IReadOnlyList<string> texts, bool addSpecialTokens = false)
    {
        var failures = new List<string>();
        for (int i = 0; i < texts.Count; i++)
        {
            Encoded got = Encode(tokenizer, texts[i], addSpecialTokens);
            if (got.Ids.SequenceEqual(expected[i].Ids) && got.Offsets.SequenceEqual(expected[i].Offsets)) continue;
            failures.Add($"'{Escape(texts[i])}'\n  got      {Show(got, tokenizer)}\n  expected {Show(expected[i], tokenizer)}");
        }

        TokenizerFixture.AssertNone(failures, texts.Count);
    }

    private static string Show(Encoded encoded, ElectraTokenizer tokenizer) => string.Join(' ', encoded.Ids.Select((id, i) =>
        $"{(id < tokenizer.VocabSize ? Escape(tokenizer.IdToToken(id)) : id)}[{encoded.Offsets[2 * i]}-{encoded.Offsets[(2 * i) + 1]}]"));

    private static string Escape(string text) =>
        string.Concat(text.Select(unit => unit is >= ' ' and < '\x7f' ? unit.ToString() : $"\\u{(int)unit:X4}"));

    /// <summary>Ids, and where each token begins and ends.</summary>
    internal sealed record Encoded(int[] Ids, int[] Offsets);

    private sealed record Answer(
        [property: JsonPropertyName("error")] string? Error, [property: JsonPropertyName("results")] Encoded[]? Results);
}

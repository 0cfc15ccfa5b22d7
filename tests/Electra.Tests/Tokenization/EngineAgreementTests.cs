using System.IO.Compression;
using System.Text;
using Electra.Tests.Support;
using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

/// <summary>What this library writes means for Hugging Face's engine what it means here: ids and offsets, for any text and option.</summary>
public sealed class EngineAgreementTests : IDisposable
{
    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<bool, bool?, bool, bool> OptionSets() => new()
    {
        { true, null, true, true }, { false, null, true, true }, { true, false, true, true }, { false, true, true, true },
        { true, null, false, true }, { false, false, false, false }, { true, true, true, false }, { false, null, true, false },
    };

    [SkippableFact]
    public void The_Unicode_tables_are_the_engines()
    {
        static byte[] Inflate(string packed)
        {
            using var inflated = new DeflateStream(new MemoryStream(Convert.FromBase64String(packed)), CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            inflated.CopyTo(bytes);
            return bytes.ToArray();
        }

        Assert.Equal(Inflate(HuggingFaceEngine.Run("unicode.js").Trim()), Inflate(UnicodeData.Packed));
    }

    [SkippableTheory]
    [MemberData(nameof(OptionSets))]
    public void Every_code_point_within_words_agrees(bool lowercase, bool? strip, bool chinese, bool clean)
    {
        HuggingFaceEngine.Require();
        // planes 4 to 13 and the end of 14 hold nothing: a sample of them will do
        IEnumerable<int> codePoints = Enumerable.Range(0, 0x110000)
            .Where(value => Rune.IsValid(value) && (value is < 0x34000 or (>= 0xE0000 and < 0xE0200) || value % 997 == 0));
        string[] texts = [.. codePoints.Chunk(16).Select(chunk => string.Join(' ', chunk.Select(value => $"x{new Rune(value)}y")))];
        ElectraTokenizer tokenizer = Create(lowercase, strip, chinese, clean);
        HuggingFaceEngine.AssertAgrees(_folder.FullPath, tokenizer, texts);
    }

    [SkippableTheory]
    [MemberData(nameof(OptionSets))]
    public void Random_texts_agree(bool lowercase, bool? strip, bool chinese, bool clean)
    {
        HuggingFaceEngine.Require();
        string[] texts = RandomTexts.Make(10_000, seed: 7);
        ElectraTokenizer tokenizer = Create(lowercase, strip, chinese, clean);
        HuggingFaceEngine.AssertAgrees(_folder.FullPath, tokenizer, texts);
    }

    [SkippableFact]
    public void Both_normal_forms_of_one_text_agree()
    {
        HuggingFaceEngine.Require();
        Skip.IfNot("\u00E9".Normalize(NormalizationForm.FormD).Length == 2, "this platform has no Unicode normalisation of its own");
        string[] texts =
        [
            .. RandomTexts.Make(2_000, seed: 11).Select(text => new string([.. text.Where(unit => !char.IsSurrogate(unit) && unit < '\uFDD0')]))
                .SelectMany(text => new[] { text.Normalize(NormalizationForm.FormC), text.Normalize(NormalizationForm.FormD) }),
        ];
        ElectraTokenizer tokenizer = Create(lowercase: true, strip: false, chinese: true, clean: true);
        HuggingFaceEngine.AssertAgrees(_folder.FullPath, tokenizer, texts);
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(300)]
    public void Longest_words_agree(int longest)
    {
        HuggingFaceEngine.Require();
        string[] texts =
        [
            .. new[] { 1, 2, 3, 4, 100, 101, 150, 299, 300, 301 }.SelectMany(length => new[]
            {
                new string('a', length), new string('é', length) + " a", string.Concat(Enumerable.Repeat("😀", length)),
                string.Concat(Enumerable.Repeat("한", length)) + "b",
            }),
        ];
        ElectraTokenizer tokenizer = Save(new() { MaxInputCharsPerWord = longest });
        HuggingFaceEngine.AssertAgrees(_folder.FullPath, tokenizer, texts);
    }

    [SkippableFact]
    public void Special_tokens_frame_texts_alike()
    {
        HuggingFaceEngine.Require();
        HuggingFaceEngine.AssertAgrees(_folder.FullPath, Save(new()), ["", "a b", "[MASK]a[SEP]"], addSpecialTokens: true);
    }

    [SkippableFact]
    public void Folders_of_every_age_agree()
    {
        HuggingFaceEngine.Require();
        string[] folders = [.. ForeignTokenizers.Folders().Where(folder => File.Exists(Path.Combine(folder, "tokenizer.json")))];
        Skip.If(folders.Length == 0, "no folders that other programs wrote are on this machine; set ELECTRA_REFERENCE_DATA");
        foreach (string folder in folders)
            HuggingFaceEngine.AssertAgrees(folder, ElectraTokenizer.FromPretrained(folder), [.. TokenizerFixture.Texts(), .. RandomTexts.Make(500, 3)]);
    }

    private ElectraTokenizer Create(bool lowercase, bool? strip, bool chinese, bool clean) => Save(
        new() { Lowercase = lowercase, StripAccents = strip, TokenizeChineseCharacters = chinese, CleanText = clean });

    /// <summary>A tokenizer with a token for every character that normalisation takes or gives, so that ids show what became of it.</summary>
    private ElectraTokenizer Save(ElectraTokenizerOptions options)
    {
        string[] characters =
        [
            .. Enumerable.Range(0, 0x3100).Concat(Enumerable.Range(0xFE00, 0x1FD)).Append(0x4E2D).Append(0x1F600)
                .Concat(UnicodeTables.LowerCase.SelectMany(pair => new[] { pair.Key, pair.Value }))
                .Concat(UnicodeTables.Decompositions.SelectMany(pair => pair.Value.Append(pair.Key)))
                .Concat(UnicodeTables.CombiningClasses.Keys)
                .Distinct().Where(value => value is not (0x0A or 0x0D or 0x85)).Select(value => new Rune(value).ToString()),
        ];
        var tokenizer = new ElectraTokenizer([.. Special, .. characters, .. characters.Select(character => "##" + character)], options);
        tokenizer.SavePretrained(_folder.FullPath);
        return tokenizer;
    }
}

using CsCheck;
using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

public class FastPathTests
{
    // few characters of every kind, so that the interesting neighbours meet often
    private static readonly string[] Pieces =
    [
        "a", "B", "z", "Z9", " ", "\t", "\n", "\0", "\u00AD", "\u200B", "\uFFFD", ".", "=", "<", "[", "]", "MASK", "[MASK]",
        "[CLS]", "[mask]", "é", "E\u0301", "\u0301",
        "\u0338", "\u0345", "\u0323\u0307", "İ", "ı", "Σ", "ς", "ẞ", "ǅ", "\u212B", "\u037E", "\u1FEF",
        "中", "\uF900", "\uFA6C", "한", "\u1112", "\u1161", "\u11AB", "か\u3099",
        "\u302E", "\u0E31", "\u0BC6\u0BBE", "\uD83D\uDE00", "\uD83D", "\uDE00", "\U00020000", "\U00010400",
        "\U0001D15E", "\u2028", "\u00A0", "\u3000", "\u0085", "–", "“", "_", "$",
        new string('x', 60), new string('é', 70), "the", "ing",
    ];

    private static readonly Gen<string> Mixed =
        Gen.Int[0, Pieces.Length - 1].Select(index => Pieces[index]).Array[0, 30].Select(string.Concat);

    private static readonly Gen<string> Anything = Gen.Frequency(
        (3, Mixed), (1, Gen.String), (1, Gen.Char['\u0300', '\u2FFF'].Array[0, 20].Select(units => new string(units))));

    [SkippableFact]
    public void The_fast_path_gives_what_the_step_by_step_path_gives_on_the_reference_texts()
    {
        foreach (ElectraTokenizer tokenizer in AllOptions())
            Assert.All(TokenizerFixture.Texts(), text => AssertSame(tokenizer, text));
    }

    [Fact]
    public void The_fast_path_gives_what_the_step_by_step_path_gives_on_generated_texts()
    {
        foreach (ElectraTokenizer tokenizer in SmallTokenizers())
            Anything.Sample(text => AssertSame(tokenizer, text), iter: 2_000, threads: 1);
    }

    [Fact]
    public void Every_character_alone_and_between_letters_is_split_alike_by_both_paths()
    {
        foreach (ElectraTokenizer tokenizer in SmallTokenizers())
        {
            for (int unit = 0; unit <= char.MaxValue; unit++) AssertSame(tokenizer, $"{(char)unit} a{(char)unit}b.{(char)unit}");
        }
    }

    [Fact]
    public void Concurrent_use_gives_the_same_ids()
    {
        ElectraTokenizer tokenizer = SmallTokenizers().First();
        // each character is first met by some of the threads
        string[] texts = [.. Enumerable.Range(0, 2_000).Select(i => $"the {i} z{i % 97}z{(char)(0xC0 + (i * 7))}bing {(char)(0x2FFF - (i / 2))}")];
        int[][] expected = [.. texts.Select(text => tokenizer.EncodeToIds(text).ToArray())];
        ElectraTokenizer fresh = SmallTokenizers().First();
        Parallel.For(0, texts.Length, i => Assert.Equal(expected[i], fresh.EncodeToIds(texts[i])));
    }

    private static IEnumerable<ElectraTokenizerOptions> OptionSets() =>
        from lowercase in new[] { true, false }
        from strip in new bool?[] { true, false }
        from chinese in new[] { true, false }
        from clean in new[] { true, false }
        select new ElectraTokenizerOptions
        {
            Lowercase = lowercase,
            StripAccents = strip,
            TokenizeChineseCharacters = chinese,
            CleanText = clean,
        };

    private static IEnumerable<ElectraTokenizer> AllOptions() => OptionSets().Select(TokenizerFixture.Create);

    private static IEnumerable<ElectraTokenizer> SmallTokenizers()
    {
        string[] special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
        // one id a character, so that any difference in the words shows in the ids
        string[] characters =
            [.. Enumerable.Range(' ' + 1, 0x30FF).Where(unit => unit != '\u0085').Select(unit => ((char)unit).ToString()), "中"];
        string[] vocabulary = [.. special, .. characters, .. characters.Select(character => "##" + character), "the", "##ing"];
        return OptionSets().Select(options => new ElectraTokenizer(vocabulary, options));
    }

    private static void AssertSame(ElectraTokenizer tokenizer, string text)
    {
        var ids = new List<int>();
        var offsets = new List<TextSpan>();
        tokenizer.EncodeStepByStep(text, ids, offsets);
        var fastIds = new List<int>();
        tokenizer.EncodeToIds(text, fastIds);
        TokenizedText encoded = tokenizer.Encode(text, options: new() { AddSpecialTokens = false });
        if (ids.SequenceEqual(fastIds) && ids.SequenceEqual(encoded.Ids) && offsets.SequenceEqual(encoded.Offsets)) return;
        string escaped = string.Concat(text.Select(unit => unit is > ' ' and < '\x7f' ? unit.ToString() : $"\\u{(int)unit:X4}"));
        Assert.Fail($"{tokenizer.Options}\n'{escaped}'\nstep by step {string.Join(' ', ids)} {string.Join(' ', offsets)}\n" +
            $"fast {string.Join(' ', fastIds)}\nencoded {string.Join(' ', encoded.Ids)} {string.Join(' ', encoded.Offsets)}");
    }
}

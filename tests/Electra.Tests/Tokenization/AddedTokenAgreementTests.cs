using Electra.Tests.Support;
using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

public sealed class AddedTokenAgreementTests : IDisposable
{
    private static readonly string[] Vocabulary =
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##b", "##a", "x", "##x", "new", "york", "<", ">", "中", "文", "_", ".", "é", "##é"];

    private static readonly string[] Contents =
        ["<x>", "<x", "x>", "ab", "A", "new york", "NEW", "中文", " b", "b ", "é", "E\u0301", "[NEW]", "ax", "xé中", "😀", "a  b", "_", "İ"];

    private static readonly string[] Pieces =
        ["a", "b", "x", "A", "B", "X", "<", ">", " ", "  ", "\t", "\u00A0", "\u2003", "中", "文", "new", "york", "New", "é", "e\u0301", "\u0301", "_", ".", "-", "1",
         "\u200D", "\u0000", "[MASK]", "[NEW]", "<x>", "😀", "İ", "I\u0307", "ⓐ", "\u0323"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void Random_added_tokens_are_found_alike_in_random_texts()
    {
        HuggingFaceEngine.Require();
        var random = new Random(3);
        string[] texts = [.. Enumerable.Range(0, 2_000).Select(_ => RandomText(random))];
        ElectraTokenizer[] saved = [.. Enumerable.Range(0, 60).Select(_ => RandomTokenizer(random))];
        string[] folders = [.. saved.Select((tokenizer, i) => Save(tokenizer, $"{i}"))];
        int found = 0;
        foreach ((IReadOnlyList<HuggingFaceEngine.Encoded> expected, int i) in HuggingFaceEngine.Encode(folders, texts, false).Select((each, i) => (each, i)))
        {
            HuggingFaceEngine.AssertAgrees(expected, saved[i], texts);
            HuggingFaceEngine.AssertAgrees(expected, ElectraTokenizer.FromPretrained(folders[i]), texts);
            found += expected.Sum(encoded => encoded.Ids.Count(id => id >= Vocabulary.Length));
        }

        Assert.InRange(found, 20_000, int.MaxValue);
    }

    private static string RandomText(Random random)
    {
        IEnumerable<string> pieces = [.. random.GetItems(Pieces, random.Next(12)), .. random.GetItems(Contents, random.Next(3))];
        return string.Concat(pieces.OrderBy(_ => random.Next()));
    }

    private static ElectraTokenizer RandomTokenizer(Random random)
    {
        bool Coin() => random.Next(2) == 0;
        // of two tokens that normalisation makes equal, the engine takes one by chance: not the same in the next process
        IEnumerable<string> contents = Contents.OrderBy(_ => random.Next()).Take(random.Next(1, 8))
            .DistinctBy(content => content is "E\u0301" ? "é" : content).ToArray();
        return new(Vocabulary, new()
        {
            AddedTokens =
            [
                .. contents.Select(content => new AddedToken
                {
                    Content = content,
                    Special = Coin(),
                    LStrip = Coin(),
                    RStrip = Coin(),
                    SingleWord = Coin(),
                    Normalized = Coin(),
                }),
            ],
            Lowercase = Coin(),
            StripAccents = Coin() ? null : Coin(),
            TokenizeChineseCharacters = Coin(),
            CleanText = Coin(),
        });
    }

    private string Save(ElectraTokenizer tokenizer, string name)
    {
        tokenizer.SavePretrained(_folder.File(name));
        return _folder.File(name);
    }
}

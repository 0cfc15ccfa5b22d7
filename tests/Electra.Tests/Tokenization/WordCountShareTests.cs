using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

public class WordCountShareTests
{
    private static readonly WordPieceTrainerOptions Options = new() { MaxDistinctWords = 1_000, VocabSize = 150 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Any_number_of_shares_counts_as_the_whole_text_does_even_where_the_table_overflows(int count)
    {
        string[] lines = Lines(3_000, seed: 4);
        var whole = new WordPieceVocabularyTrainer(Options);
        foreach (string line in lines) whole.Add(line);
        var together = new WordPieceVocabularyTrainer(Options);
        Assert.Equal(lines.Sum(line => line.Length), together.AddShares(Shares(count, _ => lines)));
        Assert.InRange(whole.MaximumUndercount, 1, 1_000);
        Assert.Equal((whole.MaximumUndercount, whole.DistinctWords), (together.MaximumUndercount, together.DistinctWords));
        Assert.Equal(whole.Train(out VocabularyReport one), together.Train(out VocabularyReport other));
        Assert.Equal(one, other);

        // and so does what is added afterwards, in the midst of a block
        foreach (string line in Lines(500, seed: 5))
        {
            whole.Add(line);
            together.Add(line);
        }

        Assert.Equal((whole.MaximumUndercount, whole.DistinctWords), (together.MaximumUndercount, together.DistinctWords));
    }

    [Fact]
    public void Words_to_add_are_found_in_shares_too()
    {
        var tokenizer = new ElectraTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. "abcdefghijklmnopqrstuvwxyz".SelectMany(letter => (string[])[$"{letter}", $"##{letter}"])]);
        string[] lines = Lines(3_000, seed: 4);
        ExtraWordFinder whole = new(tokenizer), together = new(tokenizer);
        foreach (string line in lines) whole.Add(line);
        MemoryStream[] shares = [.. Enumerable.Range(0, 2).Select(_ => new MemoryStream())];
        for (int index = 0; index < 2; index++)
        {
            WordCountShare share = new ExtraWordFinder(tokenizer).CountShare(index, 2, shares[index]);
            foreach (string line in lines) share.Add(line);
            share.Complete();
            shares[index].Position = 0;
        }

        together.AddShares(shares);
        Assert.Equal(["known", "often", "words"], whole.Find(3));
        Assert.Equal(whole.Find(20), together.Find(20));
    }

    [Fact]
    public void Shares_of_different_texts_are_refused()
    {
        var trainer = new WordPieceVocabularyTrainer(Options);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => trainer.AddShares(Shares(2, index => Lines(300 + index, seed: 4))));
        Assert.Contains("another text", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.CountShare(2, 2, Stream.Null));
    }

    private static MemoryStream[] Shares(int count, Func<int, string[]> lines) => [.. Enumerable.Range(0, count).Select(index =>
    {
        var counts = new MemoryStream();
        WordCountShare share = new WordPieceVocabularyTrainer(Options).CountShare(index, count, counts);
        foreach (string line in lines(index)) share.Add(line);
        share.Complete();
        counts.Position = 0;
        return counts;
    })];

    // A few words again and again, and many that come once.
    private static string[] Lines(int count, int seed)
    {
        var random = new Random(seed);
        string Rare() => new(random.GetItems("abcdefghijklmnopqrstuvwxyz".AsSpan(), 4));
        return [.. Enumerable.Range(0, count).Select(_ => $"often known words {Rare()} {Rare()} é漢字")];
    }
}

using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

public class AlphabetTests
{
    [Fact]
    public void Chinese_text_keeps_its_characters()
    {
        // 3,000 characters with frequencies that fall like 1 / rank, as those of real text do
        string text = string.Concat(Enumerable.Range(0, 3_000).Select(i => new string((char)('一' + i), 12_000 / (i + 3))));
        IReadOnlyList<string> vocabulary = Train(text, new() { VocabSize = 8_000 }, out VocabularyReport report);
        Assert.InRange(report.UnknownWords, 0, 0.0006);
        Assert.InRange(report.Alphabet, 2_900, 3_000);
        Assert.Equal(3_000, report.DistinctCharacters);
        Assert.DoesNotContain(vocabulary, token => token.StartsWith("##", StringComparison.Ordinal));

        Train(text, new() { VocabSize = 8_000, AlphabetLimit = 1_000 }, out VocabularyReport limited);
        Assert.Equal(1_000, limited.Alphabet);
        Assert.InRange(limited.UnknownWords, 0.1, 0.2);
        Assert.Equal(limited.UnknownWords, limited.LostCharacters, 12);
    }

    [Fact]
    public void The_rarest_characters_stay_out_where_the_vocabulary_is_full_of_others()
    {
        // each of 800 characters 100 times, then 300 once or twice: 0.4 % of all
        string text = string.Concat(Enumerable.Range(0, 800).Select(i => new string((char)('一' + i), 100)))
            + string.Concat(Enumerable.Range(800, 300).Select(i => new string((char)('一' + i), i % 2 + 1)));
        Train(text, new() { VocabSize = 1_100, MinimumFrequency = 1 }, out VocabularyReport report);
        Assert.InRange(report.LostCharacters, 0.0001, 0.0005);
        Assert.InRange(report.Alphabet, 1_000, 1_095);
    }

    [Fact]
    public void A_script_of_few_letters_keeps_all_of_them()
    {
        string text = string.Concat(Enumerable.Repeat("the quick brown fox jumps over the lazy dog ", 2_000)) + "žluť žluť";
        IReadOnlyList<string> vocabulary = Train(text, new() { VocabSize = 2_000, Tokenizer = new() { StripAccents = false } }, out VocabularyReport report);
        Assert.Equal((0, 0), (report.LostCharacters, report.UnknownWords));
        Assert.Contains("##ť", vocabulary);
    }

    [Theory]
    [InlineData(15, 5)]
    [InlineData(16, 5)]
    [InlineData(11, 3)]
    public void A_vocabulary_too_small_for_the_alphabet_holds_as_much_of_it_as_fits(int size, int letters)
    {
        // "a" 9 times first and inside, "b" 8 times, and so on: each takes two of the places
        string text = string.Join(' ', Enumerable.Range(0, 26).SelectMany(i => Enumerable.Repeat(new string((char)('a' + i), 3), 40 - i)));
        IReadOnlyList<string> vocabulary = Train(text, new() { VocabSize = size }, out VocabularyReport report);
        Assert.Equal(letters, report.Alphabet);
        Assert.Equal(Enumerable.Range(0, letters).Select(i => $"{(char)('a' + i)}"), vocabulary.Skip(5).Take(letters));
        Assert.InRange(vocabulary.Count, 5 + (2 * letters), size);
        double kept = Enumerable.Range(0, letters).Sum(i => 40.0 - i), all = Enumerable.Range(0, 26).Sum(i => 40.0 - i);
        Assert.Equal(1 - (kept / all), report.UnknownWords, 9);
    }

    [Fact]
    public void A_word_is_lost_with_one_of_its_characters()
    {
        string text = string.Concat(Enumerable.Repeat("ab ab ab ", 33)) + "aX";
        Train(text, new() { VocabSize = 100, MinimumFrequency = 2, Tokenizer = new() { Lowercase = false } }, out VocabularyReport report);
        Assert.Equal((2, 3), (report.Alphabet, report.DistinctCharacters));
        Assert.Equal(1 / 200.0, report.LostCharacters, 9);
        Assert.Equal(1 / 100.0, report.UnknownWords, 9);
    }

    private static IReadOnlyList<string> Train(string text, WordPieceTrainerOptions options, out VocabularyReport report)
    {
        var trainer = new WordPieceVocabularyTrainer(options);
        trainer.Add(text);
        return trainer.Train(out report);
    }
}

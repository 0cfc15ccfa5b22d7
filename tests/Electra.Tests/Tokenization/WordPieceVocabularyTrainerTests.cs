using System.Text;
using Electra.Tests.Support;
using Electra.Tokenization;

namespace Electra.Tests.Tokenization;

public class WordPieceVocabularyTrainerTests
{
    [Fact]
    public void The_most_frequent_pairs_become_pieces()
    {
        // "hug" 10, "pug" 5, "pun" 12, "bun" 4, "hugs" 5: first ##u##g (20), then ##u##n (16), then h##ug (15)
        IReadOnlyList<string> vocabulary = Train(
            Repeat("hug", 10) + Repeat("pug", 5) + Repeat("pun", 12) + Repeat("bun", 4) + Repeat("hugs", 5), new() { VocabSize = 18 });
        Assert.Equal(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "b", "g", "h", "n", "p", "s", "u", "##g", "##n", "##s", "##u"],
            vocabulary.Take(16));
        Assert.Equal(18, vocabulary.Count);
        Assert.Contains("hug", vocabulary);
        Assert.Contains("pun", vocabulary);
    }

    [Fact]
    public void Pieces_join_in_order_of_frequency_and_ties_go_to_the_lower_piece()
    {
        var words = new Dictionary<string, long> { ["ab"] = 7, ["cd"] = 7, ["xy"] = 9 };
        var learner = new PieceLearner(words, "abcdxy".EnumerateRunes().ToHashSet());
        int alphabet = learner.Pieces.Count;
        learner.Learn(alphabet + 10, 1, null, CancellationToken.None);
        Assert.Equal(["xy", "ab", "cd"], learner.Pieces.Skip(alphabet));
    }

    [Theory]
    [InlineData("aaaa aaa aa aaaaa aabaa", 40)]
    [InlineData("banana bandana ananas nana anna banane", 60)]
    public void Incremental_pair_counts_give_what_counting_afresh_gives(string text, int size)
    {
        Dictionary<string, long> words = text.Split(' ')
            .Select((word, i) => (word, count: (long)(i * 3) + 2)).ToDictionary(entry => entry.word, entry => entry.count);
        HashSet<Rune> alphabet = [.. text.Replace(" ", "").EnumerateRunes()];
        var learner = new PieceLearner(words, alphabet);
        string[] initial = [.. learner.Pieces];
        learner.Learn(size, 1, null, CancellationToken.None);
        Assert.Equal(LearnAfresh(words, initial, size), learner.Pieces);
    }

    [Fact]
    public void The_vocabulary_is_the_same_for_any_order_of_the_text()
    {
        string[] lines =
            [.. Enumerable.Range(0, 400).Select(i => $"line {i * 7919 % 1009} of number{i % 31} ing{i % 17} the running runner ran")];
        var options = new WordPieceTrainerOptions { VocabSize = 150 };
        Assert.Equal(Train(string.Join('\n', lines), options), Train(string.Join('\n', lines.Reverse()), options));
    }

    [Fact]
    public void Size_unused_slots_minimum_frequency_and_alphabet_limit_are_kept()
    {
        string text = Repeat("alpha beta gamma", 20) + " rare§ " + Repeat("ж", 3);
        IReadOnlyList<string> vocabulary = Train(text, new() { VocabSize = 40, UnusedSlots = 3, MinimumFrequency = 4 });
        Assert.Equal(["[PAD]", "[unused0]", "[unused1]", "[unused2]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], vocabulary.Take(8));
        Assert.True(vocabulary.Count <= 40);
        Assert.DoesNotContain("§", vocabulary);
        Assert.DoesNotContain("ж", vocabulary);
        Assert.Contains("gamma", vocabulary);

        IReadOnlyList<string> limited = Train(
            Repeat("aaab", 9) + Repeat("c", 1), new() { VocabSize = 40, AlphabetLimit = 2, MinimumFrequency = 1 });
        Assert.Equal(["a", "b"], limited.Where(token => token.Length == 1));
    }

    [Fact]
    public void Chinese_text_loses_few_words_to_unknown_by_default()
    {
        // 3,000 characters with frequencies that fall like 1 / rank, as those of real text do
        string text = string.Concat(Enumerable.Range(0, 3_000).Select(i => new string((char)('一' + i), 12_000 / (i + 3))));
        var tokenizer = new ElectraTokenizer(Train(text, new() { VocabSize = 8_000 }));
        Assert.InRange(tokenizer.EncodeToIds(text).Count(id => id == tokenizer.SpecialTokens.UnknownId) / (double)text.Length, 0, 0.0006);
    }

    [Fact]
    public void Training_normalises_as_the_tokenizer_does()
    {
        string text = Repeat("Café [MASK] NAÏVE", 5);
        Assert.Contains("cafe", Train(text, new() { VocabSize = 100 }));
        IReadOnlyList<string> cased = Train(text, new() { VocabSize = 100, Tokenizer = new() { Lowercase = false } });
        Assert.Contains("Café", cased);
        Assert.DoesNotContain("MASK", cased);
    }

    [Fact]
    public void A_full_word_table_forgets_the_rarest_and_says_by_how_much()
    {
        var trainer = new WordPieceVocabularyTrainer(new() { MaxDistinctWords = 1_000, VocabSize = 100, AlphabetLimit = 26 });
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++)
        {
            trainer.Add("the of and");
            trainer.Add(new string(random.GetItems("abcdefghijklmnopqrstuvwxyz".AsSpan(), 4)));
        }

        Assert.InRange(trainer.DistinctWords, 3, 1_000);
        Assert.InRange(trainer.MaximumUndercount, 1, 60);
        IReadOnlyList<string> vocabulary = trainer.Train();
        Assert.Contains("the", vocabulary);
        Assert.Contains("and", vocabulary);
    }

    [Fact]
    public void Mistakes_are_explained()
    {
        Assert.Contains("no text", Assert.Throws<InvalidOperationException>(() => new WordPieceVocabularyTrainer().Train()).Message);
        Assert.Contains("AlphabetLimit", Assert.Throws<InvalidOperationException>(
            () => Train(Repeat("abcdefghijklmnop", 4), new() { VocabSize = 12, AlphabetLimit = 16 })).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WordPieceVocabularyTrainer(new() { VocabSize = 5 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WordPieceVocabularyTrainer(new() { MinimumFrequency = 0 }));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var trainer = new WordPieceVocabularyTrainer();
        trainer.Add(Repeat("hello world", 5));
        Assert.Throws<OperationCanceledException>(() => trainer.Train(cancelled.Token));
    }

    [SkippableFact]
    public void Held_out_Wikipedia_takes_no_more_tokens_a_word_than_expected_of_8000_pieces()
    {
        // 4 MB of text, 8,000 tokens: 1.54 tokens a word when this was written; bert-base-uncased needs 1.34 with 30,522
        var trainer = new WordPieceVocabularyTrainer(new() { VocabSize = 8_000 });
        FileStream packed = File.OpenRead(ReferenceData.Data("wikipedia/train.txt.zst"));
        using (var reader = new StreamReader(new ZstdSharp.DecompressionStream(packed, leaveOpen: false)))
        {
            long read = 0;
            for (string? line; read < 4_000_000 && (line = reader.ReadLine()) is not null; read += line.Length) trainer.Add(line);
        }

        IReadOnlyList<string> vocabulary = trainer.Train();
        Assert.Equal(8_000, vocabulary.Count);
        double tokensAWord = TokensAWord(new ElectraTokenizer(vocabulary), File.ReadAllLines(ReferenceData.Data("wikipedia/valid.txt")));
        Assert.InRange(tokensAWord, 1.3, 1.58);
    }

    /// <summary>Tokens divided by words between whitespace.</summary>
    private static double TokensAWord(ElectraTokenizer tokenizer, string[] lines)
    {
        long words = 0;
        var ids = new List<int>();
        foreach (string line in lines)
        {
            words += line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
            tokenizer.EncodeToIds(line, ids);
        }

        return (double)ids.Count / words;
    }

    private static IReadOnlyList<string> Train(string text, WordPieceTrainerOptions options)
    {
        var trainer = new WordPieceVocabularyTrainer(options);
        trainer.Add(text);
        return trainer.Train();
    }

    private static string Repeat(string word, int count) => string.Concat(Enumerable.Repeat(word + " ", count));

    private static List<string> LearnAfresh(Dictionary<string, long> words, string[] alphabet, int size)
    {
        List<string> pieces = [.. alphabet];
        var spelled = words.ToDictionary(
            entry => entry.Key, entry => entry.Key.Select((unit, i) => i == 0 ? unit.ToString() : "##" + unit).ToList());
        while (pieces.Count < size)
        {
            var counts = new Dictionary<(int Left, int Right), long>();
            foreach ((string word, List<string> parts) in spelled)
            {
                for (int i = 0; i + 1 < parts.Count; i++)
                {
                    (int, int) pair = (pieces.IndexOf(parts[i]), pieces.IndexOf(parts[i + 1]));
                    counts[pair] = counts.GetValueOrDefault(pair) + words[word];
                }
            }

            if (counts.Count == 0) return pieces;
            (int left, int right) = counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).First().Key;
            string merged = pieces[left] + pieces[right][2..];
            foreach (List<string> parts in spelled.Values)
            {
                for (int i = 0; i + 1 < parts.Count; i++)
                {
                    if (parts[i] != pieces[left] || parts[i + 1] != pieces[right]) continue;
                    parts[i] = merged;
                    parts.RemoveAt(i + 1);
                }
            }

            if (!pieces.Contains(merged)) pieces.Add(merged);
        }

        return pieces;
    }
}

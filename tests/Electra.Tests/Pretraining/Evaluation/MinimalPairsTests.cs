using System.IO.Compression;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Pretraining;
using Electra.Tests.Support;
using Electra.Tokenization;

namespace Electra.Tests.Pretraining.Evaluation;

public class MinimalPairsTests
{
    private static readonly ElectraTokenizer Tokenizer = new(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c"]);

    private static readonly string[] First =
    [
        """{"sentence_good": "a b", "sentence_bad": "b a", "linguistics_term": "order", "UID": "two", "pairID": "0"}""",
        "",
        """{"sentence_good": "a a", "sentence_bad": "b b", "linguistics_term": "order", "UID": "two", "pairID": "1"}""",
    ];

    private static readonly string[] Second = ["""{"sentence_good": "c", "sentence_bad": "b"}"""];

    [Fact]
    public void Files_folders_and_archives_are_read_by_paradigm()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("pairs/below"));
        File.WriteAllLines(folder.File("pairs/x.jsonl"), First);
        File.WriteAllLines(folder.File("pairs/below/one.jsonl"), Second);
        File.WriteAllText(folder.File("pairs/readme.txt"), "none");
        ZipFile.CreateFromDirectory(folder.File("pairs"), folder.File("pairs.zip"));
        using (ZipArchive archive = ZipFile.Open(folder.File("pairs.zip"), ZipArchiveMode.Update))
        using (Stream stream = archive.CreateEntry("__MACOSX/._x.jsonl").Open()) stream.WriteByte(0);

        foreach (string path in new[] { folder.File("pairs"), folder.File("pairs.zip") })
        {
            MinimalPairs pairs = MinimalPairs.Read(path);
            Assert.Equal(["one", "two"], pairs.Paradigms.Select(paradigm => paradigm.Name));
            Assert.Equal(["one", "order"], pairs.Paradigms.Select(paradigm => paradigm.Phenomenon));
            Assert.Equal([new MinimalPair("a b", "b a"), new MinimalPair("a a", "b b")], pairs.Paradigms[1].Pairs);
            Assert.Equal([new MinimalPair("a b", "b a")], MinimalPairs.Read(path, pairsPerParadigm: 1).Paradigms[1].Pairs);
        }

        Assert.Equal("two", Assert.Single(MinimalPairs.Read(folder.File("pairs/x.jsonl")).Paradigms).Name);
    }

    [Fact]
    public void What_cannot_be_read_is_named()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<FileNotFoundException>(() => MinimalPairs.Read(folder.File("absent.zip")));
        File.WriteAllLines(folder.File("x.jsonl"), [First[0], """{"sentence_good": "a"}"""]);
        string message = Assert.Throws<InvalidDataException>(() => MinimalPairs.Read(folder.File("x.jsonl"))).Message;
        Assert.Contains("x.jsonl: line 2", message, StringComparison.Ordinal);
        Assert.Contains("sentence_bad", message, StringComparison.Ordinal);
        File.WriteAllText(folder.File("x.jsonl"), "");
        Assert.Throws<InvalidDataException>(() => MinimalPairs.Read(folder.File("x.jsonl")));
    }

    [Fact]
    public void Ties_are_wrong_and_paradigms_count_alike()
    {
        MinimalPairParadigm[] paradigms =
        [
            new("all", "x", [new("a", "b"), new("a", "c")]),
            new("half", "y", [new("a", "b"), new("b", "a")]),
            new("ties", "x", [new("b", "b"), new("a", "A"), new("b", "b c"), new("b", "c")]),
        ];
        // a is good, c is no better or worse than b; what is the same to the tokenizer is never right, whatever a scorer says
        int calls = 0;
        MinimalPairsResult result = new MinimalPairs(paradigms).Run(
            Tokenizer, sentences => [.. sentences.Select(ids => ids.Contains(5) ? 1.0 - (1e-6 * calls++) : 0)]);
        Assert.Equal([2, 1, 0], result.Paradigms.Select(paradigm => paradigm.Right));
        Assert.Equal(0.5, result.Accuracy);
        Assert.Equal([("x", 0.5), ("y", 0.5)], result.Phenomena);
    }

    [Fact]
    public void Detection_scores_are_log_probabilities_of_original_tokens()
    {
        var scorer = new SentenceDetectionScorer(_ => [[0, 0], [-1000, 1000], [2, -3, 0.5f], []]);
        double[] sums = [.. scorer.Sum([])], means = [.. scorer.Mean([])];
        Assert.Equal(-2 * Math.Log(2), sums[0], 12);
        Assert.Equal(-1000, sums[1], 12);
        Assert.Equal(new[] { 2, -3, 0.5 }.Sum(x => Math.Log(1 / (1 + Math.Exp(x)))), sums[2], 12);
        Assert.Equal([sums[0] / 2, sums[1] / 2, sums[2] / 3, 0], means);
    }

    [Fact]
    public void Pseudo_log_likelihood_masks_each_token_in_turn_and_does_not_depend_on_batches()
    {
        var config = new ElectraConfig { VocabSize = 8, HiddenSize = 16, NumHiddenLayers = 2, NumAttentionHeads = 2, IntermediateSize = 32, EmbeddingSize = 16, InitializerRange = 0.3 };
        using var model = new ElectraForMaskedLM(config, seed: 3);
        int[][] sentences = [[5, 6, 7], [6], [], [7, 7, 5, 6, 5]];
        IReadOnlyList<double> scores = new PseudoLogLikelihoodScorer(model, Tokenizer.SpecialTokens).Score(sentences);
        Assert.True(model.training);
        Assert.Equal(0, scores[2]);
        IReadOnlyList<double> one = new PseudoLogLikelihoodScorer(model, Tokenizer.SpecialTokens, batchSize: 1).Score(sentences);
        for (int i = 0; i < scores.Count; i++) Assert.Equal(one[i], scores[i], 1e-4);

        // the token under the mask is what is asked for, so that the three tokens' probabilities and those of the others sum to 1
        double sum = Enumerable.Range(0, 8).Sum(id => Math.Exp(new PseudoLogLikelihoodScorer(model, Tokenizer.SpecialTokens).Score([[id]])[0]));
        Assert.Equal(1, sum, 1e-4);
        Assert.Throws<ArgumentException>(() => new PseudoLogLikelihoodScorer(model, Tokenizer.SpecialTokens).Score([new int[511]]));
    }

    [Fact]
    public void One_pass_reads_what_stands_in_sight()
    {
        var config = new ElectraConfig { VocabSize = 8, HiddenSize = 16, NumHiddenLayers = 2, NumAttentionHeads = 2, IntermediateSize = 32, EmbeddingSize = 16, InitializerRange = 0.3 };
        using var model = new ElectraForMaskedLM(config, seed: 3);
        int[][] sentences = [[5, 6, 7], [6], [], [7, 7, 5, 6, 5]];
        IReadOnlyList<double> scores = new PseudoLogLikelihoodScorer(model, Tokenizer.SpecialTokens, batchSize: 3).ScoreInOnePass(sentences);
        model.eval();
        using var scope = TorchSharp.torch.NewDisposeScope();
        for (int i = 0; i < sentences.Length; i++)
        {
            long[] ids = [2, .. sentences[i].Select(id => (long)id), 3];
            float[] logits = [.. model.forward(TorchSharp.torch.tensor(ids, [1, ids.Length])).data<float>()];
            double expected = Enumerable.Range(1, sentences[i].Length)
                .Sum(at => logits[(at * 8) + (int)ids[at]] - Math.Log(Enumerable.Range(0, 8).Sum(id => Math.Exp(logits[(at * 8) + id]))));
            Assert.Equal(expected, scores[i], 1e-4);
        }
    }
}

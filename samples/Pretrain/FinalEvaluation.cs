using Electra.Data;
using Electra.Pretraining;
using Electra.Pretraining.Evaluation;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Electra.Tokenization;

namespace Electra.Samples.Pretrain;

/// <summary>Measures on held-out documents whether the models learned anything, against what needs no learning.</summary>
internal sealed class FinalEvaluation
{
    /// <summary>Training text that words are counted in; a sample is as good as all of a large corpus.</summary>
    private const long CountedTokens = 20_000_000;

    /// <summary>Held-out tokens that the probes read at most.</summary>
    private const long ProbedTokens = 200_000;

    private readonly PretrainingDataset data;
    private readonly RunPlan plan;
    private readonly SpecialTokens special;
    private readonly UnigramModel unigrams;
    private readonly UnigramModel wholeWords;

    /// <summary>Counts the words of the training text.</summary>
    public FinalEvaluation(PretrainingDataset data, ElectraTokenizer tokenizer, RunPlan plan)
    {
        (this.data, this.plan, special) = (data, plan, tokenizer.SpecialTokens);
        Words = new VocabularyWords(tokenizer.Vocabulary, special.AllIds);
        unigrams = new UnigramModel(tokenizer.VocabularySize, special.AllIds);
        wholeWords = new UnigramModel(tokenizer.VocabularySize, special.AllIds);
        foreach (int[] line in CorpusLines.Read(data.Training.Corpus, CountedTokens))
        {
            unigrams.Add(line);
            Words.CountWholeWords(line, wholeWords);
        }

        HeldOutLines = [.. CorpusLines.Read(data.HeldOut.Corpus, ProbedTokens)];
        UnigramEntropy = unigrams.CrossEntropy(HeldOutLines.SelectMany(line => line));
        var splitter = new SentenceSplitter(tokenizer.Vocabulary);
        // a corpus of numbers, say, has no words to swap
        bool hasWords = Enumerable.Range(0, wholeWords.VocabularySize).Count(id => wholeWords.Count(id) > 0) > 1;
        if (!hasWords) return;
        Swaps = SwapProbe.Create(
            HeldOutLines.SelectMany(splitter.Split), Words, wholeWords, DefaultJob.SwapSentences, plan.SequenceLength - 2, ProbeSeed);
    }

    /// <summary>The vocabulary's view of words.</summary>
    public VocabularyWords Words { get; }

    /// <summary>Cross-entropy of the held-out text under the training text's word counts, in nats.</summary>
    public double UnigramEntropy { get; }

    /// <summary>Held-out sentences with one swapped word; null when the text has no ordinary words.</summary>
    public SwapProbe? Swaps { get; }

    private List<int[]> HeldOutLines { get; }

    private int ProbeSeed => (int)(plan.Seed % int.MaxValue);

    /// <summary>Runs every probe that the objective allows.</summary>
    public FinalFigures Run(ElectraPretrainingModel model, TokenMasker masker, TokenScorer? scorer)
    {
        IEnumerable<TokenBatch> batches = data.HeldOut.ReadOnce(plan.FinalMicroBatchSize, 4L * DefaultJob.EvaluationExamples);
        var figures = new FinalFigures
        {
            HeldOut = HeldOutProbe.Run(model, masker, special.AllIds, batches, plan.Seed),
            UnigramEntropy = UnigramEntropy,
        };
        if (scorer is null) return figures;
        int[][] sequences = [.. HeldOutLines.SelectMany(line => line.Chunk(plan.SequenceLength - 2))];
        return figures with
        {
            UniformReplacementsAuc = ReplacementProbe.Uniform(sequences, unigrams, seed: ProbeSeed).Run(scorer).AreaUnderCurve,
            UnigramReplacementsAuc = ReplacementProbe.Unigram(sequences, unigrams, seed: ProbeSeed).Run(scorer).AreaUnderCurve,
            Swaps = Swaps?.Run(scorer),
        };
    }
}

using Electra.Data;
using Electra.Distributed;
using Electra.Pretraining;
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
    private readonly UnigramModel masked;
    private readonly UnigramModel unigrams;

    /// <summary>Counts the words of the training text.</summary>
    public FinalEvaluation(PretrainingDataset data, ElectraTokenizer tokenizer, RunPlan plan, Heartbeat heartbeat)
    {
        (this.data, this.plan, special) = (data, plan, tokenizer.SpecialTokens);
        Words = new VocabularyWords(tokenizer.Vocabulary, special.AllIds);
        int rows = Math.Max(tokenizer.VocabSize, plan.Start?.Config.VocabSize ?? 0); // a network may have rows that no token has
        masked = new UnigramModel(rows, NeverMasked);
        unigrams = new UnigramModel(rows, special.AllIds);
        var wholeWords = new UnigramModel(tokenizer.VocabSize, special.AllIds);
        foreach (int[] line in data.ReadTrainingLines(CountedTokens))
        {
            masked.Add(line);
            unigrams.Add(line);
            Words.CountWholeWords(line, wholeWords);
            heartbeat.Beat();
        }

        HeldOutLines = [.. data.ReadHeldOutLines(ProbedTokens)];
        var splitter = new SentenceSplitter(tokenizer.Vocabulary);
        // a corpus of numbers, say, has no words to swap
        bool hasWords = Enumerable.Range(0, wholeWords.VocabSize).Count(id => wholeWords.Count(id) > 0) > 1;
        if (!hasWords) return;
        Swaps = SwapProbe.Create(
            HeldOutLines.SelectMany(splitter.Split), Words, wholeWords, DefaultJob.SwapSentences, PositionsForWords, ProbeSeed);
    }

    /// <summary>The vocabulary's view of words.</summary>
    public VocabularyWords Words { get; }

    /// <summary>Held-out sentences with one swapped word; null when the text has no ordinary words.</summary>
    public SwapProbe? Swaps { get; }

    private List<int[]> HeldOutLines { get; }

    /// <summary>As in training: [UNK] is masked and predicted like a word.</summary>
    private int[] NeverMasked => [special.PadId, special.ClsId, special.SepId, special.MaskId];

    private int ProbeSeed => (int)(plan.Options.Seed % int.MaxValue);

    /// <summary>What [CLS] and [SEP] leave of an example.</summary>
    private int PositionsForWords => plan.Options.Data.SequenceLength - 2;

    /// <summary>Runs every probe that the objective allows.</summary>
    /// <param name="model">The trained networks.</param>
    /// <param name="masking">As in training.</param>
    /// <param name="scorer">The discriminator; null for a plain masked LM.</param>
    /// <param name="heartbeat">Told of each batch; stops between two.</param>
    public FinalFigures Run(ElectraPretrainingModel model, MaskingOptions masking, TokenScorer? scorer, Heartbeat heartbeat)
    {
        EvaluationReport heldOut = new PretrainingEvaluator(model, data, masking, masked, plan.Options.Seed) { OnBatch = heartbeat.Beat }
            .Evaluate(plan.FinalMicroBatchSize, 4L * plan.Options.EvaluationExamples, heartbeat.Stop);
        if (scorer is null) return new FinalFigures { HeldOut = heldOut };
        int[][] sequences = [.. HeldOutLines.SelectMany(line => line.Chunk(PositionsForWords))];
        TokenScorer rarity = new WordFrequencyScorer(unigrams).Score;
        Compared<double> Auc(ReplacementProbe probe) => Compare(by => probe.Run(by).AreaUnderCurve);
        return new FinalFigures
        {
            HeldOut = heldOut,
            UniformReplacementsAuc = Auc(ReplacementProbe.Uniform(sequences, unigrams, seed: ProbeSeed)),
            UnigramReplacementsAuc = Auc(ReplacementProbe.Unigram(sequences, unigrams, seed: ProbeSeed)),
            SwappedNeighboursAuc = Auc(ReplacementProbe.SwappedNeighbours(sequences, unigrams, seed: ProbeSeed)),
            Swaps = Swaps is null ? null : Compare(Swaps.Run),
        };

        Compared<T> Compare<T>(Func<TokenScorer, T> probe)
        {
            heartbeat.Stop.ThrowIfCancellationRequested();
            heartbeat.Beat();
            return new Compared<T>(probe(scorer), probe(rarity));
        }
    }
}

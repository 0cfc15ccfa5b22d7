using Electra.Benchmarks.Race.Training;
using Electra.Data;
using Electra.Pretraining;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Race.Judging;

/// <summary>Judges all runs of a race alike: the same held-out text, masks, alterations and sentences, read at one length, in float32.</summary>
internal sealed class Judges : IDisposable
{
    private const int EvaluatedExamples = 2_048;
    private const int ExamplesAPass = 32;
    private const int SwappedSentences = 300;

    // a sample counts words as well as all of a large corpus
    private const long CountedTokens = 20_000_000;
    private const long ProbedTokens = 100_000;

    private readonly RaceSettings _settings;
    private readonly PretrainingDataset _data;
    private readonly UnigramModel _masked;
    private readonly TokenScorer _rarity;
    private readonly (string Key, ReplacementProbe Probe)[] _probes;
    private readonly SwapProbe? _swaps;

    /// <summary>Opens the text, counts words and alters held-out text.</summary>
    public Judges(RaceSettings settings)
    {
        _settings = settings;
        _data = PretrainingDataset.Open(
            settings.Folders.ShardFolder, new DataOptions { SequenceLength = settings.Length, BatchSize = ExamplesAPass, HeldOutFraction = settings.HeldOut });
        ElectraTokenizer tokenizer = settings.Tokenizer;
        SpecialTokens special = tokenizer.SpecialTokens;
        var words = new VocabularyWords(tokenizer.Vocabulary, special.AllIds);
        // as in training: [UNK] is masked and predicted like a word
        _masked = new UnigramModel(tokenizer.VocabSize, [special.PadId, special.ClsId, special.SepId, special.MaskId]);
        UnigramModel unigrams = new(tokenizer.VocabSize, special.AllIds), wholeWords = new(tokenizer.VocabSize, special.AllIds);
        foreach (int[] line in _data.ReadTrainingLines(CountedTokens))
        {
            _masked.Add(line);
            unigrams.Add(line);
            words.CountWholeWords(line, wholeWords);
        }

        int positions = settings.Length - 2;
        List<int[]> lines = [.. _data.ReadHeldOutLines(ProbedTokens)];
        int[][] sequences = [.. lines.SelectMany(line => line.Chunk(positions))];
        _rarity = new WordFrequencyScorer(unigrams).Score;
        _probes =
        [
            (JudgeColumn.UniformAuc, ReplacementProbe.Uniform(sequences, unigrams)),
            (JudgeColumn.UnigramAuc, ReplacementProbe.Unigram(sequences, unigrams)),
            (JudgeColumn.NeighboursAuc, ReplacementProbe.SwappedNeighbours(sequences, unigrams)),
        ];
        // a corpus of numbers, say, has no words to swap
        if (Enumerable.Range(0, wholeWords.VocabSize).Count(id => wholeWords.Count(id) > 0) < 2) return;
        IEnumerable<int[]> sentences = lines.SelectMany(new SentenceSplitter(tokenizer.Vocabulary).Split);
        SwapProbe swaps = SwapProbe.Create(sentences, words, wholeWords, SwappedSentences, positions);
        if (swaps.Items.Count > 0) _swaps = swaps;
    }

    /// <summary>Judges networks.</summary>
    /// <param name="networks">Trained; they compute in float32 afterwards.</param>
    /// <param name="contestant">Where the encoder is written, and fine-tuning is at work.</param>
    /// <param name="cancellationToken">Stops between two judges.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Judgement Judge(ElectraPretrainingModel networks, Contestant contestant, CancellationToken cancellationToken)
    {
        networks.ComputeDtype = ScalarType.Float32;
        var model = new JudgedModel(networks, _settings.Tokenizer);
        var judgement = new Judgement();
        // a variant's own masking is what it trains with; all are asked alike
        EvaluationReport heldOut = new PretrainingEvaluator(networks, _data, new MaskingOptions(), _masked)
            .Evaluate(ExamplesAPass, EvaluatedExamples, cancellationToken);
        judgement.Add(JudgeColumn.MaskLoss, heldOut.MaskedLM.Mask.Loss, heldOut.WordFrequencies.Loss);
        judgement.Add(JudgeColumn.MaskAccuracy, heldOut.MaskedLM.Mask.Accuracy, heldOut.WordFrequencies.Accuracy);
        if (heldOut.Detection is { } detection)
            judgement.Add(JudgeColumn.GeneratedAuc, detection.Discriminator.AreaUnderCurve, detection.TokenIdentityAreaUnderCurve);
        if (model.Detection is { } scorer) Probe(scorer, judgement, cancellationToken);
        if (_settings.Pairs is { } pairs)
            judgement.Add(JudgeColumn.Pairs, pairs.Run(_settings.Tokenizer, model.Sentences, cancellationToken).Accuracy, 0.5);
        model.SaveEncoder(contestant.EncoderFolder);
        FineTuningJudge.Judge(_settings, contestant, judgement, cancellationToken);
        return judgement;
    }

    public void Dispose() => _data.Dispose();

    private void Probe(TokenScorer scorer, Judgement judgement, CancellationToken cancellationToken)
    {
        foreach ((string key, ReplacementProbe probe) in _probes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            judgement.Add(key, probe.Run(scorer).AreaUnderCurve, probe.Run(_rarity).AreaUnderCurve);
        }

        if (_swaps is not null) judgement.Add(JudgeColumn.SwapFirst, _swaps.Run(scorer).Top1, _swaps.Run(_rarity).Top1);
    }
}

using Electra.Modeling;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Judges sentences by a masked language model (Salazar et al. 2020, arXiv 1910.14659): every token is masked in turn and predicted from
/// the others, which takes as many passes as the sentence has tokens. Runs without dropout or gradients.
/// </summary>
public sealed class PseudoLogLikelihoodScorer
{
    private readonly ElectraForMaskedLM _model;
    private readonly SpecialTokens _special;
    private readonly int _batchSize;

    /// <summary>Wraps a masked language model, which is not disposed.</summary>
    /// <param name="model">The model; it is switched to evaluation during a call and back afterwards.</param>
    /// <param name="special">Ids of [CLS], [SEP], [MASK] and padding.</param>
    /// <param name="batchSize">Masked sentences in one forward; positive. <value>64</value></param>
    public PseudoLogLikelihoodScorer(ElectraForMaskedLM model, SpecialTokens special, int batchSize = 64)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(special);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        (_model, _special, _batchSize) = (model, special, batchSize);
    }

    /// <summary>Tokens that fit one sentence beside [CLS] and [SEP].</summary>
    public int MaximumTokens => _model.Electra.Config.MaxPositionEmbeddings - 2;

    /// <summary>
    /// The sum over the tokens of a sentence of the logarithm of their probability where they are masked, in nats. The signature is that of
    /// <see cref="SentenceScorer"/>.
    /// </summary>
    /// <param name="sentences">Token ids without [CLS] and [SEP].</param>
    /// <exception cref="ArgumentException">A sentence is longer than <see cref="MaximumTokens"/>.</exception>
    public IReadOnlyList<double> Score(IReadOnlyList<int[]> sentences) => Scored(sentences, scores =>
    {
        IEnumerable<(int Sentence, int Position)> places = ByLength(sentences)
            .SelectMany(i => Enumerable.Range(0, sentences[i].Length).Select(position => (i, position)));
        foreach ((int Sentence, int Position)[] batch in places.Chunk(_batchSize)) ScoreBatch(batch, sentences, scores);
    });

    /// <summary>
    /// As <see cref="Score"/>, with nothing masked: one pass a sentence, as many times cheaper as it has tokens. Each token is then in sight where it
    /// is predicted, so the sums are nearer to 0 and say less of grammar.
    /// </summary>
    /// <param name="sentences">Token ids without [CLS] and [SEP].</param>
    /// <exception cref="ArgumentException">A sentence is longer than <see cref="MaximumTokens"/>.</exception>
    public IReadOnlyList<double> ScoreInOnePass(IReadOnlyList<int[]> sentences) => Scored(sentences, scores =>
    {
        foreach (int[] batch in ByLength(sentences).Where(i => sentences[i].Length > 0).Chunk(_batchSize)) ScoreWhole(batch, sentences, scores);
    });

    private static IEnumerable<int> ByLength(IReadOnlyList<int[]> sentences) => Enumerable.Range(0, sentences.Count).OrderBy(i => sentences[i].Length);

    private double[] Scored(IReadOnlyList<int[]> sentences, Action<double[]> score)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        int longest = sentences.Select(sentence => sentence.Length).DefaultIfEmpty(0).Max();
        if (longest > MaximumTokens)
            throw new ArgumentException($"A sentence has {longest} tokens; this model reads at most {MaximumTokens}.", nameof(sentences));

        bool wasTraining = _model.training;
        _model.eval();
        try
        {
            var scores = new double[sentences.Count];
            score(scores);
            return scores;
        }
        finally
        {
            _model.train(wasTraining);
        }
    }

    private void ScoreWhole(int[] batch, IReadOnlyList<int[]> sentences, double[] scores)
    {
        PaddedSequences padded = PaddedSequences.Of([.. batch.Select(i => sentences[i])], _special.ClsId, _special.SepId, _special.PadId);
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        Device device = _model.Electra.Device;
        Tensor ids = padded.InputIds(device);
        Tensor logits = _model.forward(ids, padded.AttentionMask(device)); // (batch, seq, vocab)
        float[] read = HostCopy.Of<float>(logits.log_softmax(-1).gather(2, ids.unsqueeze(-1))); // (batch, seq, 1)
        for (int row = 0; row < batch.Length; row++)
            for (int i = 1; i <= sentences[batch[row]].Length; i++) scores[batch[row]] += read[(row * padded.Length) + i];
    }

    private void ScoreBatch((int Sentence, int Position)[] batch, IReadOnlyList<int[]> sentences, double[] scores)
    {
        PaddedSequences padded = PaddedSequences.Of(
            [.. batch.Select(place => sentences[place.Sentence])], _special.ClsId, _special.SepId, _special.PadId);
        var positions = new long[batch.Length];
        var originals = new long[batch.Length];
        foreach ((int row, (int sentence, int position)) in batch.Index())
        {
            positions[row] = position + 1;
            originals[row] = sentences[sentence][position];
            padded.Ids[(row * padded.Length) + position + 1] = _special.MaskId;
        }

        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        Device device = _model.Electra.Device;
        Tensor masked = tensor(positions, device: device).view(-1, 1);
        Tensor logits = _model.forwardAt(padded.InputIds(device), padded.AttentionMask(device), null, masked); // (batch, 1, vocab)
        Tensor targets = tensor(originals, device: device).view(-1, 1);
        Tensor logProbabilities = logits.squeeze(1).log_softmax(-1).gather(1, targets); // (batch, 1)
        float[] read = HostCopy.Of<float>(logProbabilities);
        for (int row = 0; row < batch.Length; row++) scores[batch[row].Sentence] += read[row];
    }
}

using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Lets a discriminator judge sequences of different lengths: adds [CLS] and [SEP], pads, and runs without dropout or gradients.
/// </summary>
public sealed class DiscriminatorScorer
{
    private readonly ElectraForPreTraining discriminator;
    private readonly int clsId;
    private readonly int sepId;
    private readonly int batchSize;

    /// <summary>Wraps a discriminator, which is not disposed.</summary>
    /// <param name="discriminator">The model; it is switched to evaluation during a call and back afterwards.</param>
    /// <param name="clsId">Id that opens a sequence.</param>
    /// <param name="sepId">Id that closes it.</param>
    /// <param name="batchSize">Sequences in one forward. <value>32</value></param>
    public DiscriminatorScorer(ElectraForPreTraining discriminator, int clsId, int sepId, int batchSize = 32)
    {
        ArgumentNullException.ThrowIfNull(discriminator);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        (this.discriminator, this.clsId, this.sepId, this.batchSize) = (discriminator, clsId, sepId, batchSize);
    }

    /// <summary>Called after each batch.</summary>
    /// <value>Default null.</value>
    public Action? OnBatch { get; init; }

    /// <summary>Tokens that fit one sequence beside [CLS] and [SEP].</summary>
    public int MaximumTokens => discriminator.Electra.Config.MaxPositionEmbeddings - 2;

    /// <summary>One logit a token, above 0 = replaced. The signature is that of <see cref="TokenScorer"/>.</summary>
    /// <param name="sequences">Token ids without [CLS] and [SEP].</param>
    /// <exception cref="ArgumentException">A sequence is longer than <see cref="MaximumTokens"/>.</exception>
    public IReadOnlyList<float[]> Score(IReadOnlyList<int[]> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        int longest = sequences.Select(sequence => sequence.Length).DefaultIfEmpty(0).Max();
        if (longest > MaximumTokens)
        {
            throw new ArgumentException($"A sequence has {longest} tokens; this model reads at most {MaximumTokens}.", nameof(sequences));
        }

        bool wasTraining = discriminator.training;
        discriminator.eval();
        try
        {
            var scores = new float[sequences.Count][];
            // sequences of like length share a batch, so that little padding is computed
            int[] byLength = [.. Enumerable.Range(0, sequences.Count).OrderBy(i => sequences[i].Length)];
            foreach (int[] batch in byLength.Chunk(batchSize))
            {
                ScoreBatch(batch, sequences, scores);
                OnBatch?.Invoke();
            }

            return scores;
        }
        finally
        {
            discriminator.train(wasTraining);
        }
    }

    private void ScoreBatch(int[] batch, IReadOnlyList<int[]> sequences, float[][] scores)
    {
        int padId = discriminator.Electra.Config.PadTokenId ?? 0;
        PaddedSequences padded = PaddedSequences.Of([.. batch.Select(i => sequences[i])], clsId, sepId, padId);
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        Device device = discriminator.Electra.Device;
        Tensor logits = discriminator.forward(padded.InputIds(device), padded.AttentionMask(device)); // (batch, seq)
        float[] scored = HostCopy.Of<float>(logits);
        for (int row = 0; row < batch.Length; row++)
        {
            scores[batch[row]] = scored.AsSpan((row * padded.Length) + 1, sequences[batch[row]].Length).ToArray();
        }
    }
}

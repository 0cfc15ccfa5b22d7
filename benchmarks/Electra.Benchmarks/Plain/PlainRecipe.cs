namespace Electra.Benchmarks.Plain;

/// <summary>How a classifier is fine-tuned: AdamW with bias correction (betas 0.9 and 0.999, eps 1e-6), no weight decay, gradients clipped to norm 1.</summary>
/// <param name="Epochs">How often the texts are gone through.</param>
/// <param name="LearningRate">The peak, after a tenth of the updates; from 0, and down to 0, in straight lines.</param>
/// <param name="LayerDecay">The rate of a layer as a share of the one above; embeddings count as the lowest, the head has the whole.</param>
/// <param name="BatchSize">Texts of an update.</param>
internal sealed record PlainRecipe(int Epochs, double LearningRate, double LayerDecay, int BatchSize = 32)
{
    /// <summary>The rate of update <paramref name="step"/>, from 0, of so many.</summary>
    public double RateOf(long step, long updates)
    {
        long warmup = updates / 10;
        return LearningRate * (step < warmup ? (double)step / warmup : (double)(updates - step) / (updates - warmup));
    }
}

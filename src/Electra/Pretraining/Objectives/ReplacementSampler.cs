using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Draws one word a slot from the generator's distribution, without a gradient. It inverts the cumulative distribution, which
/// draws exactly what Gumbel-argmax draws but from one uniform number a slot instead of one a word: about 30,000 times fewer random
/// numbers, and a sample that belongs to its position however a batch is cut.
/// </summary>
internal static class ReplacementSampler
{
    private const int BlockWidth = 128;

    /// <summary>Samples words.</summary>
    /// <param name="logProbabilities">A log-softmax. (batch, slots, vocabulary) float32</param>
    /// <param name="uniform">In [0, 1). (batch, slots) float32</param>
    /// <param name="temperature">Divides the log-probabilities; 1 samples the distribution itself, near 0 takes the likeliest word.</param>
    /// <returns>(batch, slots) int64</returns>
    public static Tensor Sample(Tensor logProbabilities, Tensor uniform, double temperature = 1)
    {
        if (!(temperature > 0))
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "The temperature must be positive.");
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        long words = logProbabilities.shape[^1];
        Tensor rows = logProbabilities.detach().view(-1, words); // (slots in all, vocabulary)
        Tensor draws = uniform.reshape(-1, 1);
        // A few megabytes at a time on a CPU, so that the copy stays near; all at once where launches are what costs.
        long chunk = Math.Max(1, (rows.device.type == TorchSharp.DeviceType.CPU ? 1L << 20 : 1L << 28) / words);
        var samples = new List<Tensor>();
        for (long start = 0; start < rows.shape[0]; start += chunk)
        {
            long count = Math.Min(chunk, rows.shape[0] - start);
            samples.Add(SampleRows(rows.narrow(0, start, count), draws.narrow(0, start, count), temperature));
        }

        return cat(samples, 0).view(uniform.shape).MoveToOuterDisposeScope();
    }

    // Two levels, blocks of words and then words of one block: sums of blocks are vectorised, one long running sum is not.
    private static Tensor SampleRows(Tensor logProbabilities, Tensor uniform, double temperature)
    {
        using var scope = NewDisposeScope();
        (long rows, long words) = (logProbabilities.shape[0], logProbabilities.shape[1]);
        long blocks = (words + BlockWidth - 1) / BlockWidth;
        Tensor weights = zeros([rows, blocks * BlockWidth], ScalarType.Float32, logProbabilities.device);
        Tensor filled = weights.narrow(1, 0, words).copy_(logProbabilities);
        if (temperature != 1) filled.sub_(filled.amax([1], keepdim: true)).div_(Scalars.Of(temperature));
        filled.exp_();
        Tensor byBlock = weights.view(rows, blocks, BlockWidth);
        Tensor blockWeights = byBlock.sum(-1);                                               // (rows, blocks)
        Tensor upToBlock = blockWeights.cumsum(1);
        Tensor target = Below(upToBlock).mul_(uniform);                                      // (rows, 1)
        // Clamped for a diverged run, whose NaN would lead out of bounds: it must reach the loss, where it is reported.
        Tensor block = searchsorted(upToBlock, target, right: true).clamp_max_(Scalars.Of(blocks - 1));  // (rows, 1)
        Tensor before = upToBlock.gather(1, block).sub_(blockWeights.gather(1, block));
        Tensor inside = byBlock.gather(1, block.unsqueeze(-1).expand(-1, -1, BlockWidth)).squeeze(1).cumsum(1); // (rows, width)
        Tensor rest = target.sub_(before).clamp_min_(Scalars.Of(0)).minimum(Below(inside));
        Tensor word = searchsorted(inside, rest, right: true);                               // (rows, 1)
        return block.mul_(Scalars.Of(BlockWidth)).add_(word, Scalars.One).clamp_max_(Scalars.Of(words - 1)).MoveToOuterDisposeScope();
    }

    // Just under the total, so that rounding never runs past the last word that has any weight.
    private static Tensor Below(Tensor cumulative) => cumulative.narrow(1, cumulative.shape[1] - 1, 1).mul(Scalars.Of(1 - 1e-6));
}

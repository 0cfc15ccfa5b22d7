using Electra.Native;
using Electra.Training;

using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Counts discriminator logits in narrow bins, replaced and original tokens apart, on the device: accuracy, precision, recall and
/// area under the curve of many steps can be read from it later, without keeping the logits or waiting for them.
/// </summary>
internal sealed class ReplacedTokenHistogram : IDisposable
{
    /// <summary>Bins a class; even, so that one begins at logit 0.</summary>
    private const int Bins = 1 << 14;

    // Bins are equally wide in asinh(logit * Zoom): 0.0002 wide at 0, where an untrained network puts all logits, and in proportion
    // to the logit further out. Logits beyond 100 share the outermost bins.
    private const double Zoom = 50;
    private static readonly double Range = Math.Asinh(100 * Zoom);

    /// <summary>Starts with nothing counted.</summary>
    public ReplacedTokenHistogram(Device device) =>
        Counts = zeros((2 * Bins) + 1, ScalarType.Int64, device).DetachFromDisposeScope();

    /// <summary>Original tokens by bin, replaced tokens by bin, then what is not text. int64</summary>
    public Tensor Counts { get; }

    /// <summary>Counts the tokens of a batch.</summary>
    /// <param name="logits">(batch, seq) float32</param>
    /// <param name="isReplaced">(batch, seq) bool</param>
    /// <param name="isText">What counts. (batch, seq) bool</param>
    public void Add(Tensor logits, Tensor isReplaced, Tensor isText)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor bins = logits.mul(Scalars.Of(Zoom)).asinh_().add_(Scalars.Of(Range), Scalars.One).mul_(Scalars.Of(Bins / (2 * Range))).to(ScalarType.Int64).clamp_(Scalars.Of(0), Scalars.Of(Bins - 1));
        bins.add_(isReplaced.to(ScalarType.Int64).mul_(Scalars.Of(Bins)), Scalars.One);
        bins.masked_fill_(isText.logical_not(), Scalars.Of(2 * Bins));
        Tensor flat = bins.view(-1);
        Counts.scatter_add_(0, flat, ones_like(flat));
    }

    /// <summary>Waits for the counts and computes the metrics of everything counted since <see cref="Clear"/>.</summary>
    public BinaryClassificationMetrics Read()
    {
        using Tensor host = Counts.cpu();
        ReadOnlySpan<long> counts = host.data<long>().ToArray();
        ReadOnlySpan<long> original = counts[..Bins], replaced = counts[Bins..(2 * Bins)];
        (long negatives, long positives, double area) = (0, 0, 0);
        for (int bin = 0; bin < Bins; bin++)
        {
            area += replaced[bin] * (negatives + (original[bin] / 2.0)); // pairs ranked right; ties count half
            negatives += original[bin];
            positives += replaced[bin];
        }

        (long truePositives, long falsePositives) = (Sum(replaced[(Bins / 2)..]), Sum(original[(Bins / 2)..]));
        return new BinaryClassificationMetrics(
            positives + negatives, positives, Ratio(truePositives + negatives - falsePositives, positives + negatives),
            Ratio(truePositives, truePositives + falsePositives), Ratio(truePositives, positives),
            positives == 0 || negatives == 0 ? 0.5 : area / ((double)positives * negatives));
    }

    /// <summary>Starts again.</summary>
    public void Clear()
    {
        using (no_grad()) Counts.zero_();
    }

    /// <summary>Frees the counts.</summary>
    public void Dispose() => Counts.Dispose();

    private static long Sum(ReadOnlySpan<long> values)
    {
        long sum = 0;
        foreach (long value in values) sum += value;
        return sum;
    }

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}

using Electra.Native;
using Electra.Training;

using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>The figures of a discriminator while it trains, summed on the device.</summary>
internal sealed class DetectionSums(Device device) : IDisposable
{
    private readonly Tensor _loss = zeros([], ScalarType.Float32, device).DetachFromDisposeScope(); // as trained
    private readonly Tensor _textLoss = zeros([], ScalarType.Float64, device).DetachFromDisposeScope(); // of text alone
    private readonly ReplacedTokenHistogram _histogram = new(device);

    /// <summary>What a checkpoint holds.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State => [("discriminator_loss", _loss), ("text_loss", _textLoss), ("histogram", _histogram.Counts)];

    /// <summary>Adds some rows.</summary>
    /// <param name="loss">Divided by the count of the whole step. () float32</param>
    /// <param name="rows">The text.</param>
    /// <param name="output">What the discriminator said of it.</param>
    public void Add(Tensor loss, MaskedBatch rows, ElectraOutput output)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        _loss.add_(loss, Scalars.One);
        _textLoss.add_(output.DetectionLosses.mul(rows.IsText).sum(), Scalars.One);
        _histogram.Add(output.DiscriminatorLogits, output.IsReplaced, rows.IsText);
    }

    /// <summary>Waits for the device, gives the means (the loss as trained, that of text, the rest) and starts again.</summary>
    public (double Trained, double Loss, BinaryClassificationMetrics Metrics) Read(double updates)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        BinaryClassificationMetrics metrics = _histogram.Read();
        (double, double, BinaryClassificationMetrics) means = (_loss.cpu().item<float>() / updates, _textLoss.cpu().item<double>() / metrics.Count, metrics);
        _loss.zero_();
        _textLoss.zero_();
        _histogram.Clear();
        return means;
    }

    public void Dispose()
    {
        _loss.Dispose();
        _textLoss.Dispose();
        _histogram.Dispose();
    }
}

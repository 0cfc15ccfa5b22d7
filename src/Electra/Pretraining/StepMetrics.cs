using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>Sums the figures of steps on the device, to be read every so many steps.</summary>
internal sealed class StepMetrics : IDisposable
{
    private readonly Tensor _sums;     // (4): masked-LM loss, discriminator loss, gradient norm, steps
    private readonly Tensor[] _sum;    // its elements, (1) each
    private readonly Tensor _textLoss; // (): the discriminator's losses of text, float64
    private readonly MaskedPlaceSums _places;
    private readonly ReplacedTokenHistogram _histogram;

    public StepMetrics(Device device)
    {
        _sums = zeros(4, ScalarType.Float32, device).DetachFromDisposeScope();
        _sum = [.. Enumerable.Range(0, 4).Select(i => _sums.narrow(0, i, 1).DetachFromDisposeScope())];
        _textLoss = zeros([], ScalarType.Float64, device).DetachFromDisposeScope();
        _places = new MaskedPlaceSums(device);
        _histogram = new ReplacedTokenHistogram(device);
    }

    /// <summary>
    /// Means over the steps since the last read; figures of the discriminator are null when there is none. The first two are the losses
    /// as trained, the others are what they are to be judged by.
    /// </summary>
    public sealed record Means(
        double TrainedMaskedLMLoss,
        double? TrainedDiscriminatorLoss,
        double GradientNorm,
        MaskedLMMetrics MaskedLM,
        double? DiscriminatorLoss,
        BinaryClassificationMetrics? Discriminator);

    /// <summary>What a checkpoint holds, so that the next figures after a resume are those of the uninterrupted run.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State() =>
        [("sums", _sums), ("histogram", _histogram.Counts), ("places", _places.Sums), ("text_loss", _textLoss)];

    /// <summary>Adds a micro-batch, whose losses are divided by the counts of the whole step.</summary>
    public void Add(PretrainingOutput output)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        _sum[0].add_(output.MaskedLMLoss);
        _places.Add(output);
        if (output.DiscriminatorLoss is null) return;
        _sum[1].add_(output.DiscriminatorLoss);
        _textLoss.add_(output.DetectionLosses!.mul(output.Batch.IsText).sum());
        _histogram.Add(output.DiscriminatorLogits!, output.IsReplaced!, output.Batch.IsText);
    }

    /// <summary>Ends a step.</summary>
    public void EndStep(Tensor gradientNorm)
    {
        using var _ = no_grad();
        _sum[2].add_(gradientNorm);
        _sum[3].add_(1);
    }

    /// <summary>Waits for the device: whether every loss and norm since the last read is a number.</summary>
    public bool AreFinite()
    {
        using var scope = NewDisposeScope();
        return _sums.isfinite().all().item<bool>();
    }

    /// <summary>Waits for the device, gives the means and starts again.</summary>
    public Means Read(bool hasDiscriminator)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        float[] sums = _sums.cpu().data<float>().ToArray();
        double steps = Math.Max(1, sums[3]);
        BinaryClassificationMetrics? detection = hasDiscriminator ? _histogram.Read() : null;
        var means = new Means(
            sums[0] / steps, hasDiscriminator ? sums[1] / steps : null, sums[2] / steps, _places.Read(),
            _textLoss.cpu().item<double>() / detection?.Count, detection);
        _sums.zero_();
        _textLoss.zero_();
        _places.Clear();
        _histogram.Clear();
        return means;
    }

    public void Dispose()
    {
        foreach (Tensor element in _sum) element.Dispose();
        _sums.Dispose();
        _textLoss.Dispose();
        _places.Dispose();
        _histogram.Dispose();
    }
}

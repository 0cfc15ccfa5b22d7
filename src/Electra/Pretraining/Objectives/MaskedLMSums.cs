using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>The figures of a masked language model while it trains, summed on the device.</summary>
internal sealed class MaskedLMSums(Device device) : IDisposable
{
    private readonly Tensor _loss = zeros([], ScalarType.Float32, device).DetachFromDisposeScope(); // as trained
    private readonly MaskedPlaceSums _places = new(device);

    /// <summary>What a checkpoint holds.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State => [("masked_lm_loss", _loss), ("places", _places.Sums)];

    /// <summary>Adds some rows.</summary>
    /// <param name="loss">Divided by the count of the whole step. () float32</param>
    /// <param name="rows">What was masked.</param>
    /// <param name="generation">What was predicted.</param>
    public void Add(Tensor loss, MaskedBatch rows, Generation generation)
    {
        using var _ = no_grad();
        _loss.add_(loss, Scalars.One);
        _places.Add(rows, generation);
    }

    /// <summary>Waits for the device, gives the means and starts again.</summary>
    public MaskedLMReport Read(double updates)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var report = new MaskedLMReport(_loss.cpu().item<float>() / updates, _places.Read());
        _loss.zero_();
        _places.Clear();
        return report;
    }

    public void Dispose()
    {
        _loss.Dispose();
        _places.Dispose();
    }
}

using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>The figures of a network that says which words were masked, summed on the device.</summary>
internal sealed class RecoverySums : IDisposable
{
    /// <summary>Starts with nothing counted.</summary>
    public RecoverySums(Device device) => Sums = zeros([4], ScalarType.Float64, device).DetachFromDisposeScope();

    /// <summary>The trained losses; slots in use, their losses and hits. (4) float64</summary>
    public Tensor Sums { get; }

    /// <summary>What a checkpoint holds.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State => [("recovery", Sums)];

    /// <summary>Adds some rows.</summary>
    /// <param name="loss">As trained, divided by the count of the whole step. () float32</param>
    /// <param name="rows">What was masked.</param>
    /// <param name="recovery">What was said of it.</param>
    public void Add(Tensor loss, MaskedBatch rows, Recovery recovery)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Sums.add_(stack([loss.detach(), rows.MaskedWeights.sum(), recovery.Losses.sum(), recovery.Hits.sum()]), Scalars.One);
    }

    /// <summary>Waits for the device, gives the mean of the trained loss and the figures at the masked places, and starts again.</summary>
    public (double Trained, MaskedLMScore Score) Read(double updates)
    {
        using Tensor host = Sums.cpu();
        double[] sums = host.data<double>().ToArray();
        using (no_grad()) Sums.zero_();
        return (sums[0] / updates, MaskedLMScore.Of(sums[1], sums[2], sums[3]));
    }

    public void Dispose() => Sums.Dispose();
}

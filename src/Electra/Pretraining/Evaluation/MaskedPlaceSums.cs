using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>Sums over slots, by what the network reads there, on the device: places, losses and hits.</summary>
internal sealed class MaskedPlaceSums : IDisposable
{
    private const int Places = 4;

    /// <summary>Starts with nothing counted.</summary>
    public MaskedPlaceSums(Device device) => Sums = zeros([3, Places], ScalarType.Float64, device).DetachFromDisposeScope();

    /// <summary>Counts, losses and hits, a column each <see cref="MaskedPlace"/>. (3, 4) float64</summary>
    public Tensor Sums { get; }

    /// <summary>Adds the slots of a batch.</summary>
    public void Add(MaskedBatch rows, Generation generation)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor values = stack([rows.MaskedWeights, generation.Losses, generation.Hits]).view(3, -1); // (3, batch x slots)
        Sums.scatter_add_(1, rows.Places.view(1, -1).expand(3, -1), values.to(ScalarType.Float64));
    }

    /// <summary>Waits for the sums and gives the means.</summary>
    public MaskedLMMetrics Read()
    {
        using Tensor host = Sums.cpu();
        double[] sums = host.data<double>().ToArray();
        MaskedLMScore Of(MaskedPlace place) =>
            MaskedLMScore.Of(sums[(int)place], sums[Places + (int)place], sums[(2 * Places) + (int)place]);
        return new MaskedLMMetrics(Of(MaskedPlace.Mask), Of(MaskedPlace.Kept), Of(MaskedPlace.Random));
    }

    /// <summary>Starts again.</summary>
    public void Clear()
    {
        using (no_grad()) Sums.zero_();
    }

    /// <summary>Frees the sums.</summary>
    public void Dispose() => Sums.Dispose();
}

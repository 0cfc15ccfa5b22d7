using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// The uniform draws in [0, 1) of one step, three a token. They are drawn for the global batch and then cut into micro-batches,
/// so that what is masked and sampled does not depend on the cut.
/// </summary>
public sealed class StepRandomness : IDisposable
{
    private readonly Tensor _draws; // (3, batch, seq) float32

    private StepRandomness(Tensor draws) => _draws = draws;

    /// <summary>Which tokens are masked. (batch, seq)</summary>
    public Tensor Selection => _draws.select(0, 0);

    /// <summary>What stands in for a masked token. (batch, seq)</summary>
    public Tensor Corruption => _draws.select(0, 1);

    /// <summary>Which word the generator's sample is, or which random word stands in for a token. (batch, seq)</summary>
    public Tensor Sampling => _draws.select(0, 2);

    /// <summary>
    /// Draws the numbers that belong to a seed, the same on every device: they are drawn on the CPU, since TorchSharp makes no generator of
    /// another device, and copied without a wait.
    /// </summary>
    /// <param name="seed">One seed a step, well mixed.</param>
    /// <param name="batch">Rows of the global batch.</param>
    /// <param name="sequenceLength">Tokens a row.</param>
    /// <param name="device">Where they are needed.</param>
    public static StepRandomness Draw(long seed, long batch, long sequenceLength, Device device)
    {
        using var generator = new Generator((ulong)seed, CPU);
        Tensor draws = rand([3, batch, sequenceLength], ScalarType.Float32, CPU, generator: generator);
        return new StepRandomness(HostToDevice.Move(draws, device));
    }

    /// <summary>The draws of some rows, as a view.</summary>
    public StepRandomness Rows(long start, long count) => new(_draws.narrow(1, start, count));

    /// <summary>Frees the draws (of a view: the view).</summary>
    public void Dispose() => _draws.Dispose();
}

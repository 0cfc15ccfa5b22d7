using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// The uniform draws in [0, 1) of one step, four a token. They are drawn for the global batch, so
/// that what is masked and sampled does not depend on the cut into micro-batches.
/// </summary>
internal sealed class StepRandomness : IDisposable
{
    private const int DrawsPerToken = 4;

    private readonly Tensor _draws; // (4, batch, seq) float32

    private StepRandomness(Tensor draws, double progress = 0) => (_draws, Progress) = (draws, progress);

    /// <summary>How far the run is that they belong to, from 0 to 1; 0 for draws of held-out text.</summary>
    public double Progress { get; }

    /// <summary>Which tokens are masked. (batch, seq)</summary>
    public Tensor Selection => _draws.select(0, 0);

    /// <summary>What stands in for a masked token. (batch, seq)</summary>
    public Tensor Corruption => _draws.select(0, 1);

    /// <summary>Which word the generator's sample is. (batch, seq)</summary>
    public Tensor Sampling => _draws.select(0, 2);

    /// <summary>
    /// Which random word stands in for a token: a draw of its own, or the sample would hang on what the generator reads. (batch, seq)
    /// </summary>
    public Tensor RandomWords => _draws.select(0, 3);

    /// <summary>
    /// Draws the numbers that belong to a seed, the same on every device: they are drawn on the CPU, since TorchSharp makes no generator of
    /// another device, and copied without a wait.
    /// </summary>
    /// <param name="seed">One seed a step, well mixed.</param>
    /// <param name="batch">Rows of the global batch.</param>
    /// <param name="sequenceLength">Tokens a row.</param>
    /// <param name="device">Where they are needed.</param>
    /// <param name="progress">How far the run is.</param>
    public static StepRandomness Draw(long seed, long batch, long sequenceLength, Device device, double progress = 0) =>
        new(HostToDevice.Move(Uniform(seed, batch, sequenceLength), device), progress);

    /// <summary>Draws for examples that have a seed each, so that an example fares alike in whatever batch it is read.</summary>
    /// <param name="seeds">One seed a row, well mixed.</param>
    /// <param name="sequenceLength">Tokens a row.</param>
    /// <param name="device">Where they are needed.</param>
    public static StepRandomness Draw(IEnumerable<long> seeds, long sequenceLength, Device device)
    {
        using var scope = NewDisposeScope();
        Tensor draws = cat([.. seeds.Select(seed => Uniform(seed, 1, sequenceLength))], 1);
        return new StepRandomness(HostToDevice.Copy(draws, device).MoveToOuterDisposeScope());
    }

    /// <summary>The draws of some rows, to be freed too.</summary>
    public StepRandomness Rows(long first, long count) => new(_draws.narrow(1, first, count), Progress);

    /// <summary>Frees the draws.</summary>
    public void Dispose() => _draws.Dispose();

    private static Tensor Uniform(long seed, long rows, long sequenceLength)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return rand([DrawsPerToken, rows, sequenceLength], ScalarType.Float32, CPU, generator: generator);
    }
}

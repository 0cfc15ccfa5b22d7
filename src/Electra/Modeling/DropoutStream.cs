using Electra.Native;

namespace Electra.Modeling;

/// <summary>
/// The seeds of a model's dropout masks, one a dropout call, in call order. Restart it at the start of a step to make the step's masks a
/// function of that seed alone. Not thread-safe, as a model's forward pass is not.
/// </summary>
internal sealed class DropoutStream
{
    private ulong _state;

    /// <summary>A stream that starts as <see cref="Restart"/> with the same seed would.</summary>
    public DropoutStream(long seed = 0) => Restart(seed);

    /// <summary>The seed from which a stream would go on as this one does.</summary>
    internal ulong State => _state;

    /// <summary>Begins again from a seed.</summary>
    public void Restart(long seed) => _state = unchecked((ulong)seed);

    /// <summary>The next seed, by SplitMix64, so that neighbouring stream seeds give unrelated masks.</summary>
    public long NextSeed() => unchecked((long)SplitMix64.Finish(_state += SplitMix64.Step));
}

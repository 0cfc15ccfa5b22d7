using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The one place where modules drop activations.</summary>
internal static class Dropout
{
    /// <summary>
    /// Zeroes each element with probability <paramref name="p"/> and scales the rest by 1 / (1 - p); the input itself when not training or
    /// p is 0, and then no seed is taken.
    /// </summary>
    public static Tensor Apply(Tensor x, double p, DropoutStream stream, bool training)
    {
        if (!training || p == 0) return x;
        ulong seed = (ulong)stream.NextSeed();
        if (KernelGate.RunsDropout(x)) return CounterDropout.Run(x, p, seed);
        return nn.functional.dropout(x, p, training: true);
    }
}

using Electra.Native;
using Electra.Optimization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>Initial weights whose scale goes with the width that a matrix reads, so that products of fresh networks are as large in narrow ones as in wide ones.</summary>
internal static class InitialScale
{
    /// <summary>Multiplies the fresh matrices between hidden layers by the root of a width over that which each of them reads.</summary>
    /// <param name="network">As it was drawn, with one range for all.</param>
    /// <param name="width">The width that keeps its scale.</param>
    public static void ByWidth(nn.Module network, int width)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach ((string name, Parameter weight) in network.named_parameters())
            if (ParameterGroups.IsHiddenMatrix(name)) weight.mul_(Scalars.Of(Math.Sqrt((double)width / weight.shape[1])));
    }
}

using Electra.Configuration;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>What the encoder and every model with a head have in common, so that one method loads and saves them all.</summary>
/// <typeparam name="TSelf">The model's own type.</typeparam>
public interface IElectraModule<TSelf>
    where TSelf : nn.Module, IElectraModule<TSelf>
{
    /// <summary>What the model was made from.</summary>
    ElectraConfig Config { get; }

    /// <summary>Makes the model with fresh weights.</summary>
    /// <param name="config">Sizes; validated.</param>
    /// <param name="device">Where parameters live; null for the CPU.</param>
    /// <param name="seed">Of the initial weights.</param>
    static abstract TSelf Create(ElectraConfig config, Device? device, long seed);
}

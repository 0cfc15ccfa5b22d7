using Electra.Configuration;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Gives an encoder that has weights already those of a fresh one, wholly or in its top layers.</summary>
internal static class FreshWeights
{
    /// <summary>Draws all weights anew, as a fresh model of that seed has them.</summary>
    public static void ReinitializeAll(this ElectraModel model, long seed)
    {
        using var fresh = new ElectraModel(model.Config, CPU, seed);
        Copy(fresh, model);
    }

    /// <summary>Draws the weights of the top layers anew.</summary>
    /// <param name="model">The encoder.</param>
    /// <param name="count">How many; from 0 to all.</param>
    /// <param name="seed">The same seed, the same weights.</param>
    public static void ReinitializeTopLayers(this ElectraModel model, int count, long seed)
    {
        ElectraConfig config = model.Config;
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, config.NumHiddenLayers);
        using var initializer = new Initializer(CPU, seed, config.InitializerRange);
        foreach (ElectraLayer layer in model.Encoder.Layers.Skip(config.NumHiddenLayers - count))
        {
            using var fresh = new ElectraLayer(config, initializer);
            Copy(fresh, layer);
        }
    }

    private static void Copy(nn.Module from, nn.Module to)
    {
        using IDisposable noGradient = no_grad();
        foreach (((_, Parameter source), (_, Parameter target)) in from.named_parameters().Zip(to.named_parameters())) target.copy_(source);
    }
}

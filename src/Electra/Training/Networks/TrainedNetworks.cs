using Electra.Modeling;
using Electra.Optimization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Training;

/// <summary>The networks that are trained, in which whatever holds for all of them is done to each.</summary>
/// <param name="networks">In the order in which their parameters are laid out; what two share has the first one's name.</param>
internal sealed class TrainedNetworks(params IReadOnlyList<TrainedNetwork> networks)
{
    /// <summary>Each of them.</summary>
    public IReadOnlyList<TrainedNetwork> All => networks;

    /// <summary>Where they are.</summary>
    public Device Device => networks[0].Model.Device;

    /// <summary>The element type of activations and matrix products; parameters and losses stay float32.</summary>
    public ScalarType ComputeDtype
    {
        get => networks[0].Model.ComputeDtype;
        set => ForEach(network => network.Model.ComputeDtype = value);
    }

    /// <summary>Whether they use this library's own CPU kernels where those exist.</summary>
    public bool UseFusedKernels
    {
        get => networks[0].Model.UseFusedKernels;
        set => ForEach(network => network.Model.UseFusedKernels = value);
    }

    /// <summary>Whether one of them makes use of the layout of padding.</summary>
    public bool CanPack => networks.Any(network => network.Model.CanPack);

    /// <summary>The trained parameters, each once, named <c>{network}.{Hugging Face name}</c>.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> NamedParameters() =>
        ParameterListing.Distinct([.. networks.SelectMany(Modules)]);

    /// <summary>
    /// Lays all parameters out in one buffer and has backward passes add to its gradients without detours, until <see cref="Release"/>.
    /// </summary>
    /// <param name="group">The update rule of a name.</param>
    public FlatParameters Flatten(Func<string, ParameterGroup> group)
    {
        var parameters = new FlatParameters(NamedParameters(), group);
        ForEach(network => network.Model.AddToGradientsInPlace(true));
        return parameters;
    }

    /// <summary>Gives gradients to autograd again, for whoever trains the networks next.</summary>
    public void Release() => ForEach(network => network.Model.AddToGradientsInPlace(false));

    /// <summary>
    /// Copies of the parameters, with which composed layers compute until they are disposed of; null where fused kernels or float32 have no use
    /// for them.
    /// </summary>
    /// <param name="parameters">Those of <see cref="Flatten"/>.</param>
    /// <param name="copies">Whether to make any; null where that is faster.</param>
    public ParameterCopies? Copy(FlatParameters parameters, bool? copies = null)
    {
        if (ComputeDtype == ScalarType.Float32 || !(copies ?? Device.type == DeviceType.CUDA)) return null;
        Dictionary<string, Parameter> named = NamedParameters().ToDictionary(item => item.Name, item => item.Parameter);
        return new ParameterCopies(
            parameters.Values, parameters.Gradients, parameters.Entries.Select(entry => (named[entry.Name], (Func<Tensor, Tensor>)entry.View)),
            ComputeDtype, [.. networks.Select(network => network.Model)]);
    }

    /// <summary>Switches dropout on or off; tells whether it was on.</summary>
    public bool Train(bool on)
    {
        bool before = networks[0].Model.training;
        ForEach(network => network.Model.train(on));
        return before;
    }

    /// <summary>Makes the dropout of the next forward pass a function of these three numbers alone.</summary>
    public void RestartDropout(long seed, long step, long microBatch) =>
        ForEach(network => network.Model.RestartDropout(RandomSeeds.Derive(seed, network.Dropout, step, microBatch)));

    /// <summary>The hidden size of the network that a parameter's name belongs to.</summary>
    public double WidthOf(string name) =>
        networks.First(network => name.StartsWith($"{network.Name}.", StringComparison.Ordinal)).Model.Config.HiddenSize;

    private static IEnumerable<(string Prefix, nn.Module Module)> Modules(TrainedNetwork network)
    {
        yield return ($"{network.Name}.", network.Model);
        if (network.LeftBehind is { } head) yield return ($"{network.Name}.", head);
    }

    private void ForEach(Action<TrainedNetwork> action)
    {
        foreach (TrainedNetwork network in networks) action(network);
    }
}

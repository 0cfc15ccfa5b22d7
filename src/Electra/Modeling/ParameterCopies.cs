using Electra.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// The float32 parameters once more, in the type that products are made in. Without it every weight is cast in every pass, and every gradient
/// cast back and added: on a GPU, launching that costs more than the products of a small network. With it one kernel a step makes all copies,
/// and one a pass adds all of their gradients to those of the parameters. The numbers are the same but for the order of a sum: a copy is the
/// cast, and its gradient is rounded once.
/// </summary>
internal sealed class ParameterCopies : IParameterCopies, IDisposable
{
    private readonly ScalarType _dtype;
    private readonly Tensor _values, _gradients; // flat: the parameters'
    private readonly Tensor _copiedValues, _copiedGradients; // laid out alike
    private readonly Dictionary<Tensor, Tensor> _copies = new(ReferenceEqualityComparer.Instance);
    private readonly nn.Module[] _networks;
    private readonly ElectraModel[] _towers;

    /// <summary>Lays the copies out; there is nothing in them yet.</summary>
    /// <param name="values">All parameters, float32, one dimension.</param>
    /// <param name="gradients">Their gradients, laid out alike.</param>
    /// <param name="parameters">Each parameter, with the view of it in a tensor laid out like <paramref name="values"/>.</param>
    /// <param name="dtype">Of the copies.</param>
    /// <param name="networks">Who uses them, until they are disposed of.</param>
    public ParameterCopies(
        Tensor values, Tensor gradients, IEnumerable<(Parameter Parameter, Func<Tensor, Tensor> View)> parameters, ScalarType dtype, nn.Module[] networks)
    {
        using var _ = no_grad();
        (_dtype, _values, _gradients, _networks) = (dtype, values, gradients, networks);
        _towers = [.. networks.SelectMany(network => network.modules()).OfType<ElectraModel>()];
        _copiedValues = zeros_like(values, dtype).DetachFromDisposeScope();
        _copiedGradients = zeros_like(_copiedValues).DetachFromDisposeScope();
        foreach ((Parameter parameter, Func<Tensor, Tensor> view) in parameters)
        {
            using Tensor copied = view(_copiedValues);
            Tensor copy = copied.detach().requires_grad_(true).DetachFromDisposeScope(); // a leaf: backward adds to its gradient in place
            copy.grad = view(_copiedGradients);
            _copies.Add(parameter, copy);
        }

        Lend(this);
    }

    /// <summary>Whether the copies are those of the parameters as they are now.</summary>
    public bool IsCurrent { get; private set; }

    /// <summary>The parameter in that type: its copy where there is one, else the parameter, cast.</summary>
    public static Tensor Of(IParameterCopies? copies, Parameter parameter, ScalarType dtype) =>
        copies?.Find(parameter, dtype) ?? Casting.Cast(parameter, dtype);

    /// <inheritdoc/>
    public Tensor? Find(Parameter parameter, ScalarType dtype) => IsCurrent && _dtype == dtype ? _copies.GetValueOrDefault(parameter) : null;

    /// <summary>Makes the copies, unless a network computes layers again in the backward pass, which takes the parameters themselves.</summary>
    public void Renew()
    {
        if (_towers.Any(tower => tower.RecomputeActivations)) return;
        using var _ = no_grad();
        if (IsCurrent) _copiedGradients.zero_(); // the update before failed, and may have left some
        _copiedValues.copy_(_values);
        IsCurrent = true;
    }

    /// <summary>Adds what a backward pass has left in the copies' gradients to those of the parameters.</summary>
    public void AddGradients()
    {
        if (!IsCurrent) return;
        using var _ = no_grad();
        _gradients.add_(_copiedGradients, Scalars.One);
        _copiedGradients.zero_();
    }

    /// <summary>To be called when the parameters change: from now on they are cast, until <see cref="Renew"/>.</summary>
    public void Expire() => IsCurrent = false;

    /// <summary>Frees the copies, of which there is no use any more.</summary>
    public void Dispose()
    {
        IsCurrent = false;
        Lend(null);
        foreach (Tensor copy in _copies.Values) copy.Dispose();
        _copiedValues.Dispose();
        _copiedGradients.Dispose();
    }

    private void Lend(ParameterCopies? copies)
    {
        foreach (ICastsParameters module in _networks.SelectMany(network => network.modules()).OfType<ICastsParameters>()) module.Copies = copies;
    }
}

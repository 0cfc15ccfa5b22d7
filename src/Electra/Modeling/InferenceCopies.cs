using System.Collections.Concurrent;
using Electra.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// Casts of parameters that stay as they are, made when they are first asked for, by whatever thread. One that was written to is cast again, as
/// <see cref="PreparedWeights"/> are; where a gradient is wanted there are none.
/// </summary>
internal sealed class InferenceCopies : IParameterCopies, IDisposable
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<Parameter, Entry> _copies = new(ReferenceEqualityComparer.Instance);

    /// <inheritdoc/>
    public Tensor? Find(Parameter parameter, ScalarType dtype)
    {
        if (parameter.dtype == dtype || (is_grad_enabled() && parameter.requires_grad)) return null;
        if (Valid(parameter, dtype) is { } copy) return copy;
        lock (_lock)
        {
            if (Valid(parameter, dtype) is { } other) return other;
            using var noGradient = no_grad();
            long version = Aten.Version(parameter);
            Tensor made = parameter.to(dtype).DetachFromDisposeScope();
            _copies[parameter] = new Entry(made, version); // the collector frees the former one, which a pass may still use
            return made;
        }
    }

    public void Dispose()
    {
        foreach (Entry entry in _copies.Values) entry.Copy.Dispose();
        _copies.Clear();
    }

    private Tensor? Valid(Parameter parameter, ScalarType dtype) =>
        _copies.TryGetValue(parameter, out Entry? entry) && entry.Copy.dtype == dtype && entry.Version == Aten.Version(parameter) ? entry.Copy : null;

    private sealed record Entry(Tensor Copy, long Version);
}

using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Optimization;

/// <summary>
/// Lays the parameters of any module tree into one buffer, and their gradients into another: parameters become views of it, and
/// backward accumulates into the gradient buffer in place. One call then updates, zeroes, measures or copies all of them. Frozen ones
/// (<c>requires_grad = false</c>) are left out: they stay where they are and as they are.
/// </summary>
/// <remarks>
/// The modules keep their parameter objects. Do not move or cast modules afterwards (those of this library refuse), and never call a <c>zero_grad</c> that
/// drops gradients: use <see cref="ZeroGradients"/>. Freeze parameters before. A parameter shared by two modules is laid out once.
/// </remarks>
public sealed class FlatParameters : IDisposable
{
    // 64 bytes: a cache line and the widest vector register, so that no parameter's kernels run unaligned.
    private const long Alignment = 64 / sizeof(float);

    private readonly (string Name, Parameter Parameter)[] _trained;

    /// <summary>Lays out <paramref name="parameters"/>, which keep their values.</summary>
    /// <param name="parameters">Names and float32 parameters of one device; one given twice counts under its first name.</param>
    /// <param name="group">The update rule of a name, for example <see cref="ParameterGroups.WithDecay"/>.</param>
    /// <exception cref="ArgumentException">None is trained, two have one name, not all are float32, or they are on several devices.</exception>
    public FlatParameters(IEnumerable<(string Name, Parameter Parameter)> parameters, Func<string, ParameterGroup> group)
    {
        var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
        (string Name, Parameter Parameter)[] distinct = [.. parameters.Where(p => seen.Add(p.Parameter))];
        Check(distinct);
        _trained = [.. distinct.Where(p => p.Parameter.requires_grad)];
        Frozen = [.. distinct.Where(p => !p.Parameter.requires_grad)];

        // Grouped in order of first appearance, so that the layout depends on nothing but the module tree and the rule.
        (string Name, Parameter Parameter)[][] groups = [.. _trained.GroupBy(p => group(p.Name)).Select(g => g.ToArray())];
        var entries = new List<FlatParameter>(_trained.Length);
        var ranges = new List<FlatParameterRange>();
        long end = 0;
        foreach ((string Name, Parameter Parameter)[] members in groups)
        {
            long start = end;
            foreach ((string name, Parameter parameter) in members)
            {
                long length = parameter.numel();
                entries.Add(new FlatParameter(name, [.. parameter.shape], end, length));
                end += (length + Alignment - 1) / Alignment * Alignment;
            }

            ranges.Add(new FlatParameterRange(group(members[0].Name), start, end - start));
        }

        (Entries, Ranges) = (entries, ranges);
        ParameterCount = entries.Sum(entry => entry.Length);
        Values = zeros(end, ScalarType.Float32, distinct[0].Parameter.device).DetachFromDisposeScope();
        Gradients = zeros_like(Values).DetachFromDisposeScope();
        Adopt(groups.SelectMany(members => members).Select(p => p.Parameter));
    }

    /// <summary>All values; float32, one dimension. Gaps between parameters hold zeros and stay zero.</summary>
    public Tensor Values { get; }

    /// <summary>All gradients, laid out as <see cref="Values"/>.</summary>
    public Tensor Gradients { get; }

    /// <summary>The parameters in the order of the buffer.</summary>
    internal IReadOnlyList<FlatParameter> Entries { get; }

    /// <summary>The parameters that were frozen and are no part of the buffer.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> Frozen { get; }

    /// <summary>The update groups, which together cover the buffer.</summary>
    internal IReadOnlyList<FlatParameterRange> Ranges { get; }

    /// <summary>Number of distinct trained values, without gaps.</summary>
    public long ParameterCount { get; }

    /// <summary>Sets every gradient to zero, in place.</summary>
    public void ZeroGradients()
    {
        using (no_grad()) Gradients.zero_();
    }

    /// <summary>The L2 norm of all gradients together: a float32 scalar on the device, without waiting for it.</summary>
    public Tensor GradientNorm()
    {
        using (no_grad()) return Gradients.norm();
    }

    /// <summary>Makes sure that the parameters which are trained now are those that were laid out.</summary>
    /// <exception cref="InvalidOperationException">One was frozen or thawed since; names it.</exception>
    internal void RequireSameTrained()
    {
        string? changed = _trained.FirstOrDefault(p => !p.Parameter.requires_grad).Name ?? Frozen.FirstOrDefault(p => p.Parameter.requires_grad).Name;
        if (changed is null) return;
        throw new InvalidOperationException(
            $"requires_grad of '{changed}' was changed after the parameters were laid out: freeze and thaw parameters before the optimizer or trainer is made.");
    }

    /// <summary>Frees both buffers; the modules' own views keep the memory alive as long as they live.</summary>
    public void Dispose()
    {
        Values.Dispose();
        Gradients.Dispose();
    }

    private void Adopt(IEnumerable<Parameter> parameters)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach ((Parameter parameter, FlatParameter entry) in parameters.Zip(Entries))
        {
            Tensor value = entry.View(Values);
            value.copy_(parameter);
            // Leaves must be detached views: were they views of one tensor that requires a gradient, backward would rebuild all of it.
            parameter.set_(value);
            parameter.grad = entry.View(Gradients);
        }
    }

    private static void Check((string Name, Parameter Parameter)[] parameters)
    {
        if (parameters.Length == 0) throw new ArgumentException("There is no parameter to lay out.", nameof(parameters));
        if (!parameters.Any(p => p.Parameter.requires_grad))
            throw new ArgumentException("Every parameter is frozen (requires_grad is false): nothing would be trained.", nameof(parameters));
        string? twice = parameters.GroupBy(p => p.Name).FirstOrDefault(g => g.Count() > 1)?.Key;
        if (twice is not null) throw new ArgumentException($"Two different parameters are called '{twice}'.", nameof(parameters));
        string device = parameters[0].Parameter.device.ToString();
        foreach ((string name, Parameter parameter) in parameters)
        {
            if (parameter.dtype != ScalarType.Float32)
                throw new ArgumentException($"'{name}' is {parameter.dtype}; trained parameters are float32.", nameof(parameters));
            if (parameter.device.ToString() != device)
            {
                throw new ArgumentException(
                    $"'{name}' is on {parameter.device}, but '{parameters[0].Name}' is on {device}.", nameof(parameters));
            }
        }
    }
}

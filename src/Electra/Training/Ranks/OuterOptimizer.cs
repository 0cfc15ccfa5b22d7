using Electra.Distributed;
using Electra.Native;
using Electra.Optimization;
using static TorchSharp.torch;

namespace Electra.Training;

/// <summary>
/// Brings ranks together that have trained by themselves: SGD with Nesterov momentum, whose gradient is the way back from the average of their weights to
/// where they began.
/// </summary>
internal sealed class OuterOptimizer : IDisposable
{
    private readonly LocalSgdOptions _options;
    private readonly FlatParameters _parameters;
    private readonly FusedAdamW _inner;
    private readonly IProcessGroup _group;
    private readonly Tensor _start, _momentum; // as the parameters' values

    /// <summary>Makes an optimizer without momentum.</summary>
    /// <param name="options">Its constants.</param>
    /// <param name="parameters">What is trained.</param>
    /// <param name="inner">What each rank trains it with.</param>
    /// <param name="group">The ranks.</param>
    public OuterOptimizer(LocalSgdOptions options, FlatParameters parameters, FusedAdamW inner, IProcessGroup group)
    {
        (_options, _parameters, _inner, _group) = (options, parameters, inner, group);
        _start = zeros_like(parameters.Values).DetachFromDisposeScope();
        _momentum = zeros_like(parameters.Values).DetachFromDisposeScope();
    }

    /// <summary>Whether ranks have made updates of their own since they were together.</summary>
    public bool IsApart { get; private set; }

    /// <summary>What a checkpoint holds; fresh views.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State() => _parameters.Entries.Select(entry => ($"outer.momentum.{entry.Name}", entry.View(_momentum)));

    /// <summary>The ranks begin from the same weights.</summary>
    public void Begin()
    {
        using var _ = no_grad();
        _start.copy_(_parameters.Values);
        IsApart = false;
    }

    /// <summary>A rank has made an update of its own.</summary>
    /// <param name="steps">Updates made.</param>
    public void Updated(long steps)
    {
        IsApart = true;
        if (steps % _options.Steps == 0) BringTogether();
    }

    /// <summary>Brings the ranks together, unless they are.</summary>
    /// <exception cref="ProcessGroupException">A rank was lost.</exception>
    public void BringTogether()
    {
        if (!IsApart) return;
        IsApart = false;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (Tensor tensor in (Tensor[])[_parameters.Values, .. _inner.Moments])
        {
            _group.AllReduceSum(tensor);
            if (_group.Size > 1) tensor.div_(Scalars.Of(_group.Size));
        }

        Tensor back = _start.sub(_parameters.Values); // the outer gradient
        _momentum.mul_(Scalars.Of(_options.OuterMomentum)).add_(back, Scalars.One);
        back.add_(_momentum, Scalars.Of(_options.OuterMomentum));
        _start.sub_(back.mul_(Scalars.Of(_options.OuterLearningRate)));
        _parameters.Values.copy_(_start);
    }

    /// <summary>Frees the momentum.</summary>
    public void Dispose()
    {
        _start.Dispose();
        _momentum.Dispose();
    }
}

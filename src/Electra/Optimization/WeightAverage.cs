using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Optimization;

/// <summary>
/// An exponential average of <see cref="FlatParameters"/>, in float32 on their device. It forgets what it began with: the decay after update t, from 0, is
/// <c>min(decay, (1 + t) / (10 + t))</c>.
/// </summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly FlatParameters _parameters;
    private readonly double _decay;
    private readonly Tensor _average; // as the parameters' values
    private Tensor? _trained; // those, while the average stands in their place

    /// <summary>Begins with the parameters as they are. They must outlive it.</summary>
    /// <param name="parameters">What is averaged.</param>
    /// <param name="decay">In (0, 1).</param>
    public WeightAverage(FlatParameters parameters, double decay)
    {
        using var _ = no_grad();
        (_parameters, _decay) = (parameters, decay);
        _average = parameters.Values.clone().DetachFromDisposeScope();
    }

    /// <summary>Whether the parameters are the average at present.</summary>
    public bool IsInUse => _trained is not null;

    /// <summary>What a checkpoint holds, named <c>average.{parameter}</c>; fresh views.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State() => _parameters.Entries.Select(entry => ($"average.{entry.Name}", entry.View(_average)));

    /// <summary>Takes in the parameters after an update. Nothing waits for the device.</summary>
    /// <param name="step">Updates before it.</param>
    /// <param name="skipped">1 if it was left out, which leaves the average as it is; else 0. () float32</param>
    public void Add(long step, Tensor skipped)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        double share = 1 - Math.Min(_decay, (1.0 + step) / (10 + step));
        Tensor weight = skipped.mul(Scalars.Of(-share)).add_(Scalars.Of(share), Scalars.One); // () float32
        _average.lerp_(_parameters.Values, weight);
    }

    /// <summary>Puts the average in the place of the parameters until the result is disposed of; if it never is, it stays there.</summary>
    /// <exception cref="InvalidOperationException">It is there already.</exception>
    public IDisposable Use()
    {
        if (IsInUse) throw new InvalidOperationException("The average of the weights is in their place already.");
        using var _ = no_grad();
        _trained = _parameters.Values.clone().DetachFromDisposeScope();
        _parameters.Values.copy_(_average);
        return new InPlace(this);
    }

    /// <summary>Frees the average.</summary>
    public void Dispose()
    {
        _average.Dispose();
        _trained?.Dispose();
        _trained = null;
    }

    private void PutBack()
    {
        if (_trained is not { } trained) return;
        using (no_grad()) _parameters.Values.copy_(trained);
        trained.Dispose();
        _trained = null;
    }

    private sealed class InPlace(WeightAverage average) : IDisposable
    {
        public void Dispose() => average.PutBack();
    }
}

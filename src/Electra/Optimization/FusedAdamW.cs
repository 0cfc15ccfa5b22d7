using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Optimization;

/// <summary>
/// AdamW over <see cref="FlatParameters"/>: a few large in-place operations a step, clipping included, and never a wait for the
/// device. Clipping is joint: gradients are divided by <c>max(norm, max) / max</c>.
/// </summary>
public sealed class FusedAdamW : IDisposable
{
    private readonly FlatParameters _parameters;
    private readonly AdamWOptions _options;
    private readonly Tensor _firstMoment;   // as _parameters.Values
    private readonly Tensor _secondMoment;  // as _parameters.Values
    private readonly Tensor? _denominator;  // as _parameters.Values; scratch of the Google flavour
    private readonly Tensor _step;          // () float32: updates made
    private readonly RangeViews[] _ranges;
    private readonly Muon[] _matrices;

    /// <summary>Makes an optimizer with zero moments. <paramref name="parameters"/> must outlive it.</summary>
    /// <exception cref="ArgumentException">A constant is out of range.</exception>
    public FusedAdamW(FlatParameters parameters, AdamWOptions? options = null)
        : this(parameters, options, muon: null, ScalarType.Float32)
    {
    }

    /// <summary>Makes an optimizer that leaves some matrices to Muon.</summary>
    /// <param name="parameters">What is trained.</param>
    /// <param name="options">Of AdamW, for everything else.</param>
    /// <param name="muon">For groups that are orthogonalized; null for AdamW there, too.</param>
    /// <param name="dtype">That Muon's products are computed in.</param>
    internal FusedAdamW(FlatParameters parameters, AdamWOptions? options, MuonOptions? muon, ScalarType dtype)
    {
        _options = options ?? new AdamWOptions();
        string problems = string.Join("; ", _options.Problems());
        if (problems.Length > 0) throw new ArgumentException($"Wrong optimizer options: {problems}.", nameof(options));
        if (muon is not null && _options.Flavor == AdamWFlavor.Google)
            throw new ArgumentException($"Muon goes with {nameof(AdamWFlavor)}.{AdamWFlavor.Standard}: Google's code has no such optimizer.", nameof(muon));
        _parameters = parameters;
        _firstMoment = zeros_like(parameters.Values).DetachFromDisposeScope();
        _secondMoment = zeros_like(parameters.Values).DetachFromDisposeScope();
        if (_options.Flavor == AdamWFlavor.Google) _denominator = empty_like(parameters.Values).DetachFromDisposeScope();
        _step = zeros([], ScalarType.Float32, parameters.Values.device).DetachFromDisposeScope();
        ILookup<bool, FlatParameterRange> ranges = parameters.Ranges.ToLookup(range => muon is not null && range.Group.IsOrthogonalized);
        _ranges = [.. ranges[false].Select(View)];
        _matrices = [.. ranges[true].Select(range => new Muon(parameters, range, _firstMoment, muon!, dtype))];
    }

    /// <summary>
    /// What a checkpoint must hold to go on exactly: the update count and both moments of every parameter, as views that
    /// a reader may copy into. Names are <c>step</c>, <c>exp_avg.{parameter}</c> and <c>exp_avg_sq.{parameter}</c>.
    /// </summary>
    /// <returns>Fresh view tensors, which the caller disposes.</returns>
    public IReadOnlyList<(string Name, Tensor Tensor)> State()
    {
        var state = new List<(string, Tensor)>(1 + (2 * _parameters.Entries.Count)) { ("step", _step.alias()) };
        foreach (FlatParameter entry in _parameters.Entries) state.Add(($"exp_avg.{entry.Name}", entry.View(_firstMoment)));
        foreach (FlatParameter entry in _parameters.Entries) state.Add(($"exp_avg_sq.{entry.Name}", entry.View(_secondMoment)));
        return state;
    }

    /// <summary>Both moments of all parameters, laid out as those.</summary>
    internal IReadOnlyList<Tensor> Moments => [_firstMoment, _secondMoment];

    /// <summary>Updates all parameters from their gradients, which it leaves clipped; it does not zero them.</summary>
    /// <param name="learningRate">The schedule's rate for this update; each group multiplies it by its own factor.</param>
    /// <param name="gradientNorm">
    /// The joint norm, a float32 scalar on the device, when the caller has it already; null computes it if clipping asks for it.
    /// </param>
    /// <exception cref="InvalidOperationException">A parameter was frozen or thawed since the parameters were laid out.</exception>
    public void Step(double learningRate, Tensor? gradientNorm = null)
    {
        _parameters.RequireSameTrained();
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor? scale = null;
        if (_options.MaxGradientNorm > 0)
            scale = (gradientNorm ?? _parameters.GradientNorm()).clamp_min(Scalars.Of(_options.MaxGradientNorm)).div_(Scalars.Of(_options.MaxGradientNorm));
        _step.add_(Scalars.One, Scalars.One);
        if (_options.Flavor == AdamWFlavor.Standard) StepStandard(learningRate, scale);
        else StepGoogle(learningRate, scale);
        foreach (Muon matrices in _matrices) matrices.Step(learningRate, scale);
    }

    /// <summary>Frees the moments.</summary>
    public void Dispose()
    {
        foreach (RangeViews range in _ranges) range.Dispose();
        foreach (Muon matrices in _matrices) matrices.Dispose();
        _firstMoment.Dispose();
        _secondMoment.Dispose();
        _denominator?.Dispose();
        _step.Dispose();
    }

    private void StepStandard(double learningRate, Tensor? scale)
    {
        foreach (RangeViews range in _ranges)
        {
            Aten.FusedAdamW(
                [range.Values], [range.Gradients], [range.FirstMoment], [range.SecondMoment], [_step],
                learningRate * range.Group.LearningRateMultiplier, _options.Beta1, _options.Beta2, range.Group.WeightDecay,
                _options.Epsilon, scale);
        }
    }

    // AdamWeightDecayOptimizer of github.com/google-research/electra/blob/master/model/optimization.py
    private void StepGoogle(double learningRate, Tensor? scale)
    {
        Tensor gradients = _parameters.Gradients;
        if (scale is not null) gradients.div_(scale);
        _firstMoment.mul_(Scalars.Of(_options.Beta1)).add_(gradients, Scalars.Of(1 - _options.Beta1));
        _secondMoment.mul_(Scalars.Of(_options.Beta2)).addcmul_(gradients, gradients, Scalars.Of(1 - _options.Beta2));
        _denominator!.copy_(_secondMoment).sqrt_().add_(Scalars.Of(_options.Epsilon), Scalars.One);
        foreach (RangeViews range in _ranges)
        {
            double rate = learningRate * range.Group.LearningRateMultiplier;
            if (range.Group.WeightDecay != 0) range.Values.mul_(Scalars.Of(1 - (rate * range.Group.WeightDecay)));
            range.Values.addcdiv_(range.FirstMoment, range.Denominator!, Scalars.Of(-rate));
        }
    }

    private RangeViews View(FlatParameterRange range)
    {
        Tensor Part(Tensor flat) => flat.narrow(0, range.Offset, range.Length).DetachFromDisposeScope();
        return new RangeViews(
            range.Group, Part(_parameters.Values), Part(_parameters.Gradients), Part(_firstMoment), Part(_secondMoment),
            _denominator is null ? null : Part(_denominator));
    }

    private sealed record RangeViews(
        ParameterGroup Group, Tensor Values, Tensor Gradients, Tensor FirstMoment, Tensor SecondMoment, Tensor? Denominator) : IDisposable
    {
        public void Dispose()
        {
            Values.Dispose();
            Gradients.Dispose();
            FirstMoment.Dispose();
            SecondMoment.Dispose();
            Denominator?.Dispose();
        }
    }
}

using Electra.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Optimization;

/// <summary>
/// AdamW over <see cref="FlatParameters"/>: a few large in-place operations a step, clipping included, and never a wait for the
/// device. Clipping is joint: gradients are divided by <c>max(norm, max) / max</c>. Where that norm is NaN or infinite the update is left out: parameters,
/// moments and the update count stay as they are.
/// </summary>
public sealed class FusedAdamW : IDisposable
{
    // So many updates that nothing is left of the bias correction: AdamW is then what Google's code has.
    private const float Uncorrected = 1e30f;

    private readonly FlatParameters _parameters;
    private readonly AdamWOptions _options;
    private readonly Tensor _firstMoment;   // as _parameters.Values
    private readonly Tensor _secondMoment;  // as _parameters.Values
    private readonly Tensor? _denominator;  // as _parameters.Values; scratch of the Google flavour, on a CPU
    private readonly Tensor _step;          // () float32: updates made
    private readonly Tensor _skipped;       // () float32: 1 when the last update was left out, else 0
    private readonly RangeViews[] _ranges;
    private readonly Muon[] _matrices;
    private readonly bool _readsFlag;

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
    /// <param name="readsFlag">Whether the host may look at what the device says of an update; null: on a CPU, where nothing waits for it.</param>
    internal FusedAdamW(FlatParameters parameters, AdamWOptions? options, MuonOptions? muon, ScalarType dtype, bool? readsFlag = null)
    {
        _options = options ?? new AdamWOptions();
        string problems = string.Join("; ", _options.Problems());
        if (problems.Length > 0) throw new ArgumentException($"Wrong optimizer options: {problems}.", nameof(options));
        if (muon is not null && _options.Flavor == AdamWFlavor.Google)
            throw new ArgumentException($"Muon goes with {nameof(AdamWFlavor)}.{AdamWFlavor.Standard}: Google's code has no such optimizer.", nameof(muon));
        _parameters = parameters;
        _firstMoment = zeros_like(parameters.Values).DetachFromDisposeScope();
        _secondMoment = zeros_like(parameters.Values).DetachFromDisposeScope();
        _readsFlag = readsFlag ?? parameters.Values.device.type == DeviceType.CPU;
        if (_options.Flavor == AdamWFlavor.Google && _readsFlag) _denominator = empty_like(parameters.Values).DetachFromDisposeScope();
        _step = zeros([], ScalarType.Float32, parameters.Values.device).DetachFromDisposeScope();
        _skipped = zeros_like(_step).DetachFromDisposeScope();
        ILookup<bool, FlatParameterRange> ranges = parameters.Ranges.ToLookup(range => muon is not null && range.Group.IsOrthogonalized);
        _ranges = [.. ranges[false].Select(View)];
        _matrices = [.. ranges[true].Select(range => new Muon(parameters, range, _firstMoment, muon!, dtype))];
    }

    /// <summary>1 when the last update was left out, else 0. () float32 on the device, written by each update</summary>
    internal Tensor Skipped => _skipped;

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
    /// The joint norm, a float32 scalar on the device, when the caller has it already; null computes it if clipping asks for it. Without any, nothing is left out.
    /// </param>
    /// <exception cref="InvalidOperationException">A parameter was frozen or thawed since the parameters were laid out.</exception>
    public void Step(double learningRate, Tensor? gradientNorm = null)
    {
        _parameters.RequireSameTrained();
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor? norm = gradientNorm ?? (_options.MaxGradientNorm > 0 ? _parameters.GradientNorm() : null);
        Tensor? isSkipped = norm?.sub(norm).ne(Scalars.Of(0)); // () bool: of NaN and infinities the difference is NaN
        if (isSkipped is null) _skipped.zero_();
        else _skipped.copy_(isSkipped);
        if (_readsFlag && IsSet(_skipped)) return;
        Tensor? scale = _options.MaxGradientNorm > 0 ? norm!.clamp_min(Scalars.Of(_options.MaxGradientNorm)).div_(Scalars.Of(_options.MaxGradientNorm)) : null;
        _step.add_(Scalars.One, Scalars.One).sub_(_skipped);
        if (_options.Flavor == AdamWFlavor.Standard) StepFused(learningRate, scale, _step);
        else if (_readsFlag) StepGoogle(learningRate, scale);
        else StepFused(learningRate, scale, full_like(_step, Scalars.Of(Uncorrected)));
        foreach (Muon matrices in _matrices) matrices.Step(learningRate, scale, _readsFlag ? null : isSkipped);
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
        _skipped.Dispose();
    }

    // In host memory, so that nothing waits for it.
    private static unsafe bool IsSet(Tensor flag) => *(float*)Aten.DataPointer(flag) != 0;

    // A GPU's kernel looks at the flag itself, before it touches anything.
    private void StepFused(double learningRate, Tensor? scale, Tensor step)
    {
        foreach (RangeViews range in _ranges)
        {
            Aten.FusedAdamW(
                [range.Values], [range.Gradients], [range.FirstMoment], [range.SecondMoment], [step],
                learningRate * range.Group.LearningRateMultiplier, _options.Beta1, _options.Beta2, range.Group.WeightDecay,
                _options.Epsilon, scale, _skipped);
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

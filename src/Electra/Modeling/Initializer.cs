using Electra.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// Makes the parameters of a module tree, in construction order, from one private random stream on the CPU: the same seed gives the same
/// numbers on every device, and the global generator is never touched. On the meta device parameters have shapes only.
/// </summary>
internal sealed class Initializer(Device? device, long seed, double range) : IDisposable
{
    private const double ProbabilityWithinTwoSigma = 0.9544997361036416; // erf(sqrt(2))

    [ThreadStatic]
    private static bool _leavesEmpty;

    private readonly Generator _random = Start(seed);

    /// <summary>Makes a model whose parameters have memory but no values yet: for one whose weights are all overwritten at once.</summary>
    public static TModel WithoutValues<TModel>(Func<TModel> make)
    {
        bool before = _leavesEmpty;
        _leavesEmpty = true;
        try
        {
            return make();
        }
        finally
        {
            _leavesEmpty = before;
        }
    }

    /// <summary>Where parameters live.</summary>
    public Device Device { get; } = device ?? CPU;

    /// <summary>
    /// Normal with the config's <c>initializer_range</c> as sigma, redrawn outside two sigma. The inverse of the distribution function over
    /// uniform numbers gives just that, without redrawing.
    /// </summary>
    public Parameter TruncatedNormal(params long[] shape) => Make(
        shape,
        values => values.uniform_(-ProbabilityWithinTwoSigma, ProbabilityWithinTwoSigma, _random)
            .erfinv_().mul_(Scalars.Of(range * Math.Sqrt(2))).clamp_(Scalars.Of(-2 * range), Scalars.Of(2 * range)));

    /// <summary>Glorot and Bengio 2010: uniform within sqrt(6 / (rows + columns)).</summary>
    public Parameter GlorotUniform(long rows, long columns)
    {
        double bound = Math.Sqrt(6.0 / (rows + columns));
        return Make([rows, columns], values => values.uniform_(-bound, bound, _random));
    }

    /// <summary>Normal with the config's <c>initializer_range</c> as sigma.</summary>
    public Parameter Normal(params long[] shape) => Make(shape, values => values.normal_(0, range, _random));

    /// <summary>All zero.</summary>
    public Parameter Zeros(long size) => Make([size], values => values.zero_());

    /// <summary>All one.</summary>
    public Parameter Ones(long size) => Make([size], values => values.fill_(Scalars.One));

    /// <inheritdoc/>
    public void Dispose() => _random.Dispose();

    private static Generator Start(long seed)
    {
        NativeBackend.EnsureAvailable(); // the first need of libtorch in most programs: its message is the plainer one
        return new Generator(unchecked((ulong)seed), CPU);
    }

    private Parameter Make(long[] shape, Action<Tensor> fill)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        bool shapesOnly = Device.type == DeviceType.META;
        Tensor values = empty(shape, ScalarType.Float32, shapesOnly ? Device : CPU);
        if (!shapesOnly && !_leavesEmpty) fill(values);
        var parameter = new Parameter(values.to(Device));
        parameter.DetachFromDisposeScope(); // neither this scope nor a caller's around construction may end the parameter's life
        return parameter;
    }
}

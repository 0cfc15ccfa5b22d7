using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// Layer normalisation over the last dimension; statistics are float32 whatever the input's dtype. So are weights on a CPU; CUDA's kernel wants
/// them in the input's.
/// </summary>
internal sealed class LayerNorm : StationaryModule, ICastsParameters
{
    private readonly double _epsilon;
    private readonly long[] _shape;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight; // (size)

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias; // (size)

    public LayerNorm(Initializer initializer, long size, double epsilon)
        : base(nameof(LayerNorm))
    {
        _epsilon = epsilon;
        _shape = [size];
        _weight = initializer.Ones(size);
        _bias = initializer.Zeros(size);
        RegisterComponents();
    }

    public Parameter Weight => _weight;

    public Parameter Bias => _bias;

    public double Epsilon => _epsilon;

    public IParameterCopies? Copies { private get; set; }

    public Tensor forward(Tensor input)
    {
        ScalarType dtype = input.device_type == DeviceType.CPU ? ScalarType.Float32 : input.dtype;
        Tensor weight = ParameterCopies.Of(Copies, _weight, dtype), bias = ParameterCopies.Of(Copies, _bias, dtype);
        return nn.functional.layer_norm(input, _shape, weight, bias, _epsilon); // as input, in its dtype
    }
}

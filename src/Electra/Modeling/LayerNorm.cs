using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Layer normalisation over the last dimension; weights and statistics stay float32 whatever the input's dtype.</summary>
internal sealed class LayerNorm : StationaryModule
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

    public Tensor forward(Tensor input)
    {
        // The CPU kernel takes bfloat16 input with float32 weights; CUDA's wants one dtype, so there the input goes up and the result down.
        bool mixed = input.dtype == ScalarType.Float32 || input.device_type == DeviceType.CPU;
        Tensor prepared = mixed ? input : input.to(ScalarType.Float32);
        return Precision.Cast(nn.functional.layer_norm(prepared, _shape, _weight, _bias, _epsilon), input.dtype);
    }
}

using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// An affine map whose float32 weights follow the element type of the input: each is cast once a call when that is
/// bfloat16 and there are no <see cref="Copies"/>.
/// </summary>
internal sealed class Dense : StationaryModule, ICastsParameters
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight; // (outputs, inputs)

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias; // (outputs)

    private Dense(Parameter weight, Parameter bias)
        : base(nameof(Dense))
    {
        _weight = weight;
        _bias = bias;
        RegisterComponents();
    }

    /// <summary>Weights from the truncated normal: the encoder and the pre-training heads.</summary>
    public static Dense Normal(Initializer initializer, long inputs, long outputs) =>
        new(initializer.TruncatedNormal(outputs, inputs), initializer.Zeros(outputs));

    /// <summary>Weights from Glorot's uniform: where Google's code leaves TensorFlow's default.</summary>
    public static Dense Glorot(Initializer initializer, long inputs, long outputs) =>
        new(initializer.GlorotUniform(outputs, inputs), initializer.Zeros(outputs));

    public Parameter Weight => _weight;

    public Parameter Bias => _bias;

    public IParameterCopies? Copies { private get; set; }

    public Tensor forward(Tensor input) => Casting.Linear(input, _weight, _bias, Copies); // (..., outputs)
}

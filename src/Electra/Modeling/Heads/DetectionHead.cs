using Electra.Configuration;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The replaced token detection head: dense, activation, dense to one logit a token.</summary>
internal sealed class DetectionHead : StationaryModule, IAddsGradients
{
    private readonly Func<Tensor, Tensor> _activation;
    private DetectionHeadParameters<Tensor?>? _gradients;

    [ComponentName(Name = "dense")]
    private readonly Dense _dense;

    [ComponentName(Name = "dense_prediction")]
    private readonly Dense _prediction;

    public DetectionHead(ElectraConfig config, Initializer initializer)
        : base(nameof(DetectionHead))
    {
        _activation = Activations.Get(config.HiddenAct);
        _dense = Dense.Normal(initializer, config.HiddenSize, config.HiddenSize);
        _prediction = Dense.Glorot(initializer, config.HiddenSize, 1);
        RegisterComponents();
    }

    private DetectionHeadParameters<Tensor> Parameters => new(_dense.Weight, _dense.Bias, _prediction.Weight, _prediction.Bias);

    /// <inheritdoc/>
    public void AddToGradientsInPlace(bool inPlace)
    {
        ParameterGradients.Free(_gradients?.ToArray());
        _gradients = inPlace ? Parameters.Map(ParameterGradients.Kept) : null;
    }

    /// <summary>Judges each token.</summary>
    /// <param name="hidden">(batch, seq, hidden)</param>
    /// <param name="isFused">What <see cref="KernelGate.RunsDetectionHead"/> says.</param>
    /// <returns>(batch, seq): float32 where it is fused, else as <paramref name="hidden"/></returns>
    public Tensor forward(Tensor hidden, bool isFused)
    {
        if (isFused) return FusedDetectionHead.Run(hidden, Parameters, _gradients);
        return _prediction.forward(_activation(_dense.forward(hidden))).squeeze(-1);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) ParameterGradients.Free(_gradients?.ToArray());
        base.Dispose(disposing);
    }
}

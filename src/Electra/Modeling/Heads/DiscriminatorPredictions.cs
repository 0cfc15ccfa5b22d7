using Electra.Configuration;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling.Heads;

/// <summary>The replaced token detection head: dense, activation, dense to one logit a token.</summary>
internal sealed class DiscriminatorPredictions : nn.Module
{
    private readonly Func<Tensor, Tensor> _activation;

    [ComponentName(Name = "dense")]
    private readonly Dense _dense;

    [ComponentName(Name = "dense_prediction")]
    private readonly Dense _prediction;

    public DiscriminatorPredictions(ElectraConfig config, Initializer initializer)
        : base(nameof(DiscriminatorPredictions))
    {
        _activation = Activations.Get(config.HiddenAct);
        _dense = Dense.Normal(initializer, config.HiddenSize, config.HiddenSize);
        _prediction = Dense.Glorot(initializer, config.HiddenSize, 1);
        RegisterComponents();
    }

    public Tensor forward(Tensor hidden) => _prediction.forward(_activation(_dense.forward(hidden))).squeeze(-1); // (batch, seq)
}

using Electra.Configuration;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The summary of a sequence that the multiple-choice head scores: [CLS], dense, activation, dropout.</summary>
internal sealed class SequenceSummary : StationaryModule
{
    private readonly double _dropout;
    private readonly Func<Tensor, Tensor> _activation;

    [ComponentName(Name = "summary")]
    private readonly Dense? _dense;

    public SequenceSummary(ElectraConfig config, Initializer initializer)
        : base(nameof(SequenceSummary))
    {
        if (config.SummaryType != "first")
        {
            throw new ArgumentException(
                $"summary_type is '{config.SummaryType}', the multiple-choice head supports 'first'.", nameof(config));
        }

        _dropout = config.SummaryLastDropout;
        _activation = Activations.Get(config.SummaryActivation);
        if (config.SummaryUseProj) _dense = Dense.Glorot(initializer, config.HiddenSize, config.HiddenSize);
        RegisterComponents();
    }

    public Tensor forward(Tensor hidden, DropoutStream dropout)
    {
        Tensor first = hidden.select(1, 0); // (batch, hidden)
        Tensor projected = _dense is null ? first : _dense.forward(first);
        return Dropout.Apply(_activation(projected), _dropout, dropout, training); // (batch, hidden)
    }
}

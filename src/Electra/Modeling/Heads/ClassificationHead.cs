using Electra.Configuration;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// The sequence classification head over [CLS]: dropout, dense, gelu, dropout, dense; in the style of Google's code dropout and the last of these alone.
/// </summary>
internal sealed class ClassificationHead : StationaryModule
{
    private readonly double _dropout;

    [ComponentName(Name = "dense")]
    private readonly Dense? _dense;

    [ComponentName(Name = "out_proj")]
    private readonly Dense _outProjection;

    public ClassificationHead(ElectraConfig config, Initializer initializer)
        : base(nameof(ClassificationHead))
    {
        _dropout = config.ClassifierDropout ?? config.HiddenDropoutProb;
        if (config.HeadStyle == HeadStyle.HuggingFace) _dense = Dense.Glorot(initializer, config.HiddenSize, config.HiddenSize);
        _outProjection = Dense.Glorot(initializer, config.HiddenSize, config.NumLabels);
        RegisterComponents();
    }

    public Tensor forward(Tensor hidden, DropoutStream dropout)
    {
        Tensor first = Dropout.Apply(hidden.select(1, 0), _dropout, dropout, training); // (batch, hidden)
        if (_dense is null) return _outProjection.forward(first); // (batch, labels)
        Tensor activated = Activations.Gelu(_dense.forward(first));
        return _outProjection.forward(Dropout.Apply(activated, _dropout, dropout, training)); // (batch, labels)
    }
}

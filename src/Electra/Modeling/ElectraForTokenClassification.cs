using Electra.Configuration;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The encoder and a head that labels each token; the number of labels is the config's.</summary>
public sealed class ElectraForTokenClassification : StationaryModule, IElectraModule<ElectraForTokenClassification>
{
    private readonly double _dropout;

    [ComponentName(Name = "electra")]
    private readonly ElectraModel _electra;

    [ComponentName(Name = "classifier")]
    private readonly Dense _classifier;

    /// <summary>Makes the model with fresh weights; parameters as in <see cref="ElectraModel"/>'s constructor.</summary>
    public ElectraForTokenClassification(ElectraConfig config, Device? device = null, long seed = 0)
        : base(nameof(ElectraForTokenClassification))
    {
        using Initializer initializer = new(device, seed, config.Validate().InitializerRange);
        _dropout = config.ClassifierDropout ?? config.HiddenDropoutProb;
        _electra = new ElectraModel(config, initializer, seed, sharedEmbeddings: null);
        _classifier = Dense.Glorot(initializer, config.HiddenSize, config.NumLabels);
        RegisterComponents();
    }

    /// <summary>The encoder.</summary>
    public ElectraModel Electra => _electra;

    /// <summary>What the model was made from.</summary>
    public ElectraConfig Config => _electra.Config;

    /// <summary>Scores each label for each token; arguments and errors as in <see cref="ElectraModel.forward"/>.</summary>
    /// <returns>float32 logits (batch, seq, labels)</returns>
    public Tensor forward(
        Tensor? inputIds,
        Tensor? attentionMask = null,
        Tensor? tokenTypeIds = null,
        Tensor? positionIds = null,
        Tensor? inputsEmbeds = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = _electra.forward(inputIds, attentionMask, tokenTypeIds, positionIds, inputsEmbeds); // (batch, seq, hidden)
        Tensor logits = _classifier.forward(Dropout.Apply(hidden, _dropout, _electra.Dropout, training)); // (batch, seq, labels)
        return Casting.Cast(logits, ScalarType.Float32).MoveToOuterDisposeScope();
    }

    static ElectraForTokenClassification IElectraModule<ElectraForTokenClassification>.Create(
        ElectraConfig config, Device? device, long seed) =>
        new(config, device, seed);
}

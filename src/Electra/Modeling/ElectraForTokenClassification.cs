using Electra.Configuration;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The encoder and a head that labels each token; the number of labels is the config's.</summary>
public sealed class ElectraForTokenClassification : ElectraHeadModel, IElectraModule<ElectraForTokenClassification>
{
    private readonly double _dropout;

    [ComponentName(Name = "classifier")]
    private readonly Dense _classifier;

    /// <summary>Makes the model with fresh weights; parameters as in <see cref="ElectraModel"/>'s constructor.</summary>
    public ElectraForTokenClassification(ElectraConfig config, Device? device = null, long seed = 0)
        : base(nameof(ElectraForTokenClassification), config, device, seed, sharedEmbeddings: null, out Initializer initializer)
    {
        _dropout = config.ClassifierDropout ?? config.HiddenDropoutProb;
        using (initializer) _classifier = Dense.Glorot(initializer, config.HiddenSize, config.NumLabels);
        RegisterComponents();
    }

    /// <summary>Scores each label for each token; arguments and errors as in <see cref="ElectraModel.forward"/>.</summary>
    /// <returns>float32 logits (batch, seq, labels)</returns>
    public Tensor forward(
        Tensor? inputIds,
        Tensor? attentionMask = null,
        Tensor? tokenTypeIds = null,
        Tensor? positionIds = null,
        Tensor? inputsEmbeds = null) =>
        Logits(inputIds, attentionMask, tokenTypeIds, positionIds, inputsEmbeds);

    private protected override Tensor Head(Tensor hidden) =>
        _classifier.forward(Dropout.Apply(hidden, _dropout, Electra.Dropout, training)); // (batch, seq, labels)

    static ElectraForTokenClassification IElectraModule<ElectraForTokenClassification>.Create(
        ElectraConfig config, Device? device, long seed) =>
        new(config, device, seed);
}

using Electra.Configuration;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// The encoder and a head over [CLS] for classes, several labels at once, or numbers; the number of labels is the config's.
/// </summary>
public sealed class ElectraForSequenceClassification : StationaryModule, IElectraModule<ElectraForSequenceClassification>
{
    [ComponentName(Name = "electra")]
    private readonly ElectraModel _electra;

    [ComponentName(Name = "classifier")]
    private readonly ClassificationHead _classifier;

    /// <summary>Makes the model with fresh weights; parameters as in <see cref="ElectraModel"/>'s constructor.</summary>
    public ElectraForSequenceClassification(ElectraConfig config, Device? device = null, long seed = 0)
        : base(nameof(ElectraForSequenceClassification))
    {
        using Initializer initializer = new(device, seed, config.Validate().InitializerRange);
        _electra = new ElectraModel(config, initializer, seed, sharedEmbeddings: null);
        _classifier = new ClassificationHead(config, initializer);
        RegisterComponents();
    }

    /// <summary>The encoder.</summary>
    public ElectraModel Electra => _electra;

    /// <summary>What the model was made from.</summary>
    public ElectraConfig Config => _electra.Config;

    /// <summary>Scores each label; arguments and errors as in <see cref="ElectraModel.forward"/>.</summary>
    /// <returns>float32 logits (batch, labels)</returns>
    public Tensor forward(
        Tensor? inputIds,
        Tensor? attentionMask = null,
        Tensor? tokenTypeIds = null,
        Tensor? positionIds = null,
        Tensor? inputsEmbeds = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = _electra.forward(inputIds, attentionMask, tokenTypeIds, positionIds, inputsEmbeds);
        return Casting.Cast(_classifier.forward(hidden, _electra.Dropout), ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The loss the config's <c>problem_type</c> asks for; without one: squared error for a single label, cross-entropy for int64 labels,
    /// otherwise binary cross-entropy.
    /// </summary>
    /// <param name="logits">What <see cref="forward"/> returned.</param>
    /// <param name="labels">int64 (batch) for classes; (batch, labels) for numbers or several labels at once.</param>
    /// <returns>float32 scalar</returns>
    public Tensor Loss(Tensor logits, Tensor labels)
    {
        string problem = _electra.Config.ProblemType
            ?? (_electra.Config.NumLabels == 1 ? "regression"
                : labels.dtype == ScalarType.Int64 ? "single_label_classification" : "multi_label_classification");
        return problem switch
        {
            "regression" => ElectraLosses.Regression(logits, labels),
            "single_label_classification" => ElectraLosses.SingleLabelClassification(logits, labels),
            _ => ElectraLosses.MultiLabelClassification(logits, labels),
        };
    }

    static ElectraForSequenceClassification IElectraModule<ElectraForSequenceClassification>.Create(
        ElectraConfig config, Device? device, long seed) =>
        new(config, device, seed);
}

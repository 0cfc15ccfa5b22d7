using Electra.Configuration;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// The encoder and a head over [CLS] for classes, several labels at once, or numbers; the number of labels is the config's.
/// </summary>
public sealed class ElectraForSequenceClassification : ElectraHeadModel, IElectraModule<ElectraForSequenceClassification>
{
    [ComponentName(Name = "classifier")]
    private readonly ClassificationHead _classifier;

    /// <summary>Makes the model with fresh weights; parameters as in <see cref="ElectraModel"/>'s constructor.</summary>
    public ElectraForSequenceClassification(ElectraConfig config, Device? device = null, long seed = 0)
        : base(nameof(ElectraForSequenceClassification), config, device, seed, sharedEmbeddings: null, out Initializer initializer)
    {
        using (initializer) _classifier = new ClassificationHead(config, initializer);
        RegisterComponents();
    }

    /// <summary>Scores each label; arguments and errors as in <see cref="ElectraModel.forward"/>.</summary>
    /// <returns>float32 logits (batch, labels)</returns>
    public Tensor forward(
        Tensor? inputIds,
        Tensor? attentionMask = null,
        Tensor? tokenTypeIds = null,
        Tensor? positionIds = null,
        Tensor? inputsEmbeds = null) =>
        Logits(inputIds, attentionMask, tokenTypeIds, positionIds, inputsEmbeds);

    /// <summary>
    /// The loss the config's <c>problem_type</c> asks for; without one: squared error for a single label, cross-entropy for int64 labels,
    /// otherwise binary cross-entropy.
    /// </summary>
    /// <param name="logits">What <see cref="forward"/> returned.</param>
    /// <param name="labels">int64 (batch) for classes; (batch, labels) for numbers or several labels at once.</param>
    /// <returns>float32 scalar</returns>
    public Tensor Loss(Tensor logits, Tensor labels)
    {
        string problem = Config.ProblemType
            ?? (Config.NumLabels == 1 ? "regression"
                : labels.dtype == ScalarType.Int64 ? "single_label_classification" : "multi_label_classification");
        return problem switch
        {
            "regression" => ElectraLosses.Regression(logits, labels),
            "single_label_classification" => ElectraLosses.SingleLabelClassification(logits, labels),
            _ => ElectraLosses.MultiLabelClassification(logits, labels),
        };
    }

    private protected override bool ReadsFirstOnly => true;

    private protected override Tensor Head(Tensor hidden) => _classifier.forward(hidden, Electra.Dropout); // (batch, labels)

    static ElectraForSequenceClassification IElectraModule<ElectraForSequenceClassification>.Create(
        ElectraConfig config, Device? device, long seed) =>
        new(config, device, seed);
}

using Electra.Configuration;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The encoder and a head that scores each token as the start and as the end of the answer.</summary>
public sealed class ElectraForQuestionAnswering : ElectraHeadModel, IElectraModule<ElectraForQuestionAnswering>
{
    [ComponentName(Name = "qa_outputs")]
    private readonly Dense _outputs;

    /// <summary>Makes the model with fresh weights; parameters as in <see cref="ElectraModel"/>'s constructor.</summary>
    /// <exception cref="ArgumentException">The config is bad, or has another number of labels than 2 (start and end).</exception>
    public ElectraForQuestionAnswering(ElectraConfig config, Device? device = null, long seed = 0)
        : base(nameof(ElectraForQuestionAnswering), RequireTwoLabels(config), device, seed, sharedEmbeddings: null, out Initializer initializer)
    {
        using (initializer) _outputs = Dense.Glorot(initializer, config.HiddenSize, 2);
        RegisterComponents();
    }

    /// <summary>Scores each token; arguments and errors as in <see cref="ElectraModel.forward"/>.</summary>
    /// <returns>float32 logits, each (batch, seq)</returns>
    public (Tensor StartLogits, Tensor EndLogits) forward(
        Tensor? inputIds,
        Tensor? attentionMask = null,
        Tensor? tokenTypeIds = null,
        Tensor? positionIds = null,
        Tensor? inputsEmbeds = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Logits(inputIds, attentionMask, tokenTypeIds, positionIds, inputsEmbeds); // (batch, seq, 2)
        return (logits.select(-1, 0).contiguous().MoveToOuterDisposeScope(), logits.select(-1, 1).contiguous().MoveToOuterDisposeScope());
    }

    private protected override Tensor Head(Tensor hidden) => _outputs.forward(hidden); // (batch, seq, 2)

    private static ElectraConfig RequireTwoLabels(ElectraConfig config) => config.Validate().NumLabels == 2
        ? config
        : throw new ArgumentException(
            $"Question answering has 2 labels, start and end, not {config.NumLabels}; leave id2label out.", nameof(config));

    static ElectraForQuestionAnswering IElectraModule<ElectraForQuestionAnswering>.Create(
        ElectraConfig config, Device? device, long seed) =>
        new(config, device, seed);
}

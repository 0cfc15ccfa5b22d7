using Electra.Configuration;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The encoder and a head that scores each token as the start and as the end of the answer.</summary>
public sealed class ElectraForQuestionAnswering : StationaryModule, IElectraModule<ElectraForQuestionAnswering>
{
    [ComponentName(Name = "electra")]
    private readonly ElectraModel _electra;

    [ComponentName(Name = "qa_outputs")]
    private readonly Dense _outputs;

    /// <summary>Makes the model with fresh weights; parameters as in <see cref="ElectraModel"/>'s constructor.</summary>
    /// <exception cref="ArgumentException">The config is bad, or has another number of labels than 2 (start and end).</exception>
    public ElectraForQuestionAnswering(ElectraConfig config, Device? device = null, long seed = 0)
        : base(nameof(ElectraForQuestionAnswering))
    {
        if (config.Validate().NumLabels != 2)
        {
            throw new ArgumentException(
                $"Question answering has 2 labels, start and end, not {config.NumLabels}; leave id2label out.", nameof(config));
        }

        using Initializer initializer = new(device, seed, config.InitializerRange);
        _electra = new ElectraModel(config, initializer, seed, sharedEmbeddings: null);
        _outputs = Dense.Glorot(initializer, config.HiddenSize, 2);
        RegisterComponents();
    }

    /// <summary>The encoder.</summary>
    public ElectraModel Electra => _electra;

    /// <summary>What the model was made from.</summary>
    public ElectraConfig Config => _electra.Config;

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
        Tensor hidden = _electra.forward(inputIds, attentionMask, tokenTypeIds, positionIds, inputsEmbeds); // (batch, seq, hidden)
        Tensor logits = Casting.Cast(_outputs.forward(hidden), ScalarType.Float32); // (batch, seq, 2)
        return (logits.select(-1, 0).contiguous().MoveToOuterDisposeScope(), logits.select(-1, 1).contiguous().MoveToOuterDisposeScope());
    }

    static ElectraForQuestionAnswering IElectraModule<ElectraForQuestionAnswering>.Create(
        ElectraConfig config, Device? device, long seed) =>
        new(config, device, seed);
}

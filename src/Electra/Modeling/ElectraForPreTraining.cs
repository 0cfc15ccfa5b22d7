using Electra.Configuration;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The discriminator: the encoder and a head that says of each token whether it was replaced.</summary>
public sealed class ElectraForPreTraining : ElectraHeadModel, IElectraModule<ElectraForPreTraining>
{
    [ComponentName(Name = "discriminator_predictions")]
    private readonly DetectionHead _predictions;

    /// <summary>Makes the discriminator with fresh weights; parameters as in <see cref="ElectraModel"/>'s constructor.</summary>
    public ElectraForPreTraining(ElectraConfig config, Device? device = null, long seed = 0, ElectraEmbeddings? sharedEmbeddings = null)
        : base(nameof(ElectraForPreTraining), config, device, seed, sharedEmbeddings, out Initializer initializer)
    {
        using (initializer) _predictions = new DetectionHead(config, initializer);
        RegisterComponents();
    }

    /// <summary>Judges each token; arguments and errors as in <see cref="ElectraModel.forward"/>.</summary>
    /// <returns>float32 logits (batch, seq), above 0 = replaced</returns>
    public Tensor forward(
        Tensor? inputIds,
        Tensor? attentionMask = null,
        Tensor? tokenTypeIds = null,
        Tensor? positionIds = null,
        Tensor? inputsEmbeds = null,
        PackedSequences? layout = null) =>
        Logits(inputIds, attentionMask, tokenTypeIds, positionIds, inputsEmbeds, layout);

    /// <summary>Judges tokens that are encoded already, (batch, seq, hidden); as <see cref="forward"/>.</summary>
    internal Tensor Judge(Tensor hidden) => Logits(hidden);

    private protected override Tensor Head(Tensor hidden) =>
        _predictions.forward(hidden, Electra.Kernels.RunsDetectionHead(ComputeDtype)); // (batch, seq)

    static ElectraForPreTraining IElectraModule<ElectraForPreTraining>.Create(ElectraConfig config, Device? device, long seed) =>
        new(config, device, seed);
}

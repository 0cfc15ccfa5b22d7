using Electra.Configuration;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The discriminator: the encoder and a head that says of each token whether it was replaced.</summary>
public sealed class ElectraForPreTraining : StationaryModule, IElectraModule<ElectraForPreTraining>
{
    [ComponentName(Name = "electra")]
    private readonly ElectraModel _electra;

    [ComponentName(Name = "discriminator_predictions")]
    private readonly DetectionHead _predictions;

    /// <summary>Makes the discriminator with fresh weights; parameters as in <see cref="ElectraModel"/>'s constructor.</summary>
    public ElectraForPreTraining(ElectraConfig config, Device? device = null, long seed = 0, ElectraEmbeddings? sharedEmbeddings = null)
        : base(nameof(ElectraForPreTraining))
    {
        using Initializer initializer = new(device, seed, config.Validate().InitializerRange);
        _electra = new ElectraModel(config, initializer, seed, sharedEmbeddings);
        _predictions = new DetectionHead(config, initializer);
        RegisterComponents();
    }

    /// <summary>The encoder.</summary>
    public ElectraModel Electra => _electra;

    /// <summary>What the model was made from.</summary>
    public ElectraConfig Config => _electra.Config;

    /// <summary>Judges each token; arguments and errors as in <see cref="ElectraModel.forward"/>.</summary>
    /// <returns>float32 logits (batch, seq), above 0 = replaced</returns>
    public Tensor forward(
        Tensor? inputIds,
        Tensor? attentionMask = null,
        Tensor? tokenTypeIds = null,
        Tensor? positionIds = null,
        Tensor? inputsEmbeds = null,
        PaddingLayout? layout = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = _electra.forward(inputIds, attentionMask, tokenTypeIds, positionIds, inputsEmbeds, layout);
        return _predictions.forward(hidden, _electra.Kernels.RunsDetectionHead(_electra.ComputeDtype)).MoveToOuterDisposeScope(); // (batch, seq)
    }

    /// <summary>As <see cref="ElectraModel.AddToGradientsInPlace"/>, head included.</summary>
    internal void AddToGradientsInPlace(bool inPlace)
    {
        _electra.AddToGradientsInPlace(inPlace);
        _predictions.AddToGradientsInPlace(inPlace);
    }

    static ElectraForPreTraining IElectraModule<ElectraForPreTraining>.Create(ElectraConfig config, Device? device, long seed) =>
        new(config, device, seed);
}

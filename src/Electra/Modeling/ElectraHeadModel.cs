using Electra.Configuration;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// An encoder with a head on it: what the <c>ElectraFor...</c> models have in common. What is set here is set for the whole network.
/// </summary>
public abstract class ElectraHeadModel : StationaryModule
{
    [ComponentName(Name = "electra")]
    private readonly ElectraModel _electra;

    /// <summary>Makes the encoder; the derived class makes its head of the same initializer, disposes of that and registers its fields.</summary>
    private protected ElectraHeadModel(
        string name, ElectraConfig config, Device? device, long seed, ElectraEmbeddings? sharedEmbeddings, out Initializer initializer)
        : base(name)
    {
        initializer = new Initializer(device, seed, config.Validate().InitializerRange);
        _electra = new ElectraModel(config, initializer, seed, sharedEmbeddings);
        register_module("electra", _electra); // ahead of RegisterComponents, which takes a derived class's fields before these: the encoder comes first
    }

    /// <summary>The encoder.</summary>
    public ElectraModel Electra => _electra;

    /// <summary>What the model was made from.</summary>
    public ElectraConfig Config => Electra.Config;

    /// <summary>Where the parameters live.</summary>
    public Device Device => Electra.Device;

    /// <inheritdoc cref="ElectraModel.ComputeDtype"/>
    public ScalarType ComputeDtype
    {
        get => Electra.ComputeDtype;
        set => Electra.ComputeDtype = value;
    }

    /// <inheritdoc cref="ElectraModel.UseFusedKernels"/>
    public bool UseFusedKernels
    {
        get => Electra.UseFusedKernels;
        set => Electra.UseFusedKernels = value;
    }

    /// <inheritdoc cref="ElectraModel.RecomputeActivations"/>
    public bool RecomputeActivations
    {
        get => Electra.RecomputeActivations;
        set => Electra.RecomputeActivations = value;
    }

    /// <inheritdoc cref="ElectraModel.CanPack"/>
    internal bool CanPack => Electra.CanPack;

    /// <summary>Makes the dropout of the next forward passes, head included, a function of a seed.</summary>
    /// <param name="seed">As in <see cref="DropoutStream.Restart"/>.</param>
    public void RestartDropout(long seed) => Electra.Dropout.Restart(seed);

    /// <summary>Sets <see cref="IAddsGradients.AddToGradientsInPlace"/> for the whole network.</summary>
    internal virtual void AddToGradientsInPlace(bool inPlace)
    {
        foreach (IAddsGradients module in modules().OfType<IAddsGradients>()) module.AddToGradientsInPlace(inPlace);
    }

    /// <summary>Encodes a batch and puts the head on it; arguments and errors as in <see cref="ElectraModel.forward"/>.</summary>
    /// <returns>float32, of the head's shape</returns>
    private protected Tensor Logits(
        Tensor? inputIds,
        Tensor? attentionMask,
        Tensor? tokenTypeIds,
        Tensor? positionIds = null,
        Tensor? inputsEmbeds = null,
        PackedSequences? layout = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = Electra.forward(inputIds, attentionMask, tokenTypeIds, positionIds, inputsEmbeds, layout); // (batch, seq, hidden)
        return Logits(hidden).MoveToOuterDisposeScope();
    }

    /// <summary>Puts the head on some rows, (..., hidden).</summary>
    /// <returns>float32, of the head's shape</returns>
    private protected Tensor Logits(Tensor hidden) => Casting.Cast(Head(hidden), ScalarType.Float32);

    /// <summary>The head, in the dtype of its input or float32.</summary>
    private protected abstract Tensor Head(Tensor hidden);
}

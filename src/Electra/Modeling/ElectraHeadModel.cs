using Electra.Configuration;
using TorchSharp;
using TorchSharp.Modules;
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

    /// <inheritdoc cref="ElectraModel.IsInferenceOnly"/>
    internal bool IsInferenceOnly
    {
        get => Electra.IsInferenceOnly;
        set
        {
            Electra.IsInferenceOnly = value;
            Electra.Lend(this);
        }
    }

    /// <inheritdoc cref="ElectraModel.CanPack"/>
    internal bool CanPack => Electra.CanPack;

    /// <summary>Makes the dropout of the next forward passes, head included, a function of a seed.</summary>
    /// <param name="seed">As in <see cref="DropoutStream.Restart"/>.</param>
    public void RestartDropout(long seed) => Electra.Dropout.Restart(seed);

    /// <summary>Draws the weights of whatever is no part of the encoder anew, from a seed alone.</summary>
    /// <param name="seed">The same seed, the same weights.</param>
    /// <param name="initialization">From which distribution.</param>
    internal void InitializeHead(long seed, HeadInitialization initialization)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using var fresh = new Initializer(CPU, seed, Config.InitializerRange);
        foreach ((string name, Parameter parameter) in ParameterListing.Distinct((string.Empty, this)))
        {
            if (name.StartsWith("electra.", StringComparison.Ordinal)) continue;
            using Parameter drawn = parameter.dim() < 2 ? fresh.Zeros(parameter.shape[0])
                : initialization == HeadInitialization.Glorot ? fresh.GlorotUniform(parameter.shape[0], parameter.shape[1])
                : fresh.Normal(parameter.shape);
            parameter.copy_(drawn);
        }
    }

    /// <summary>Takes parameters out of training, until they are thawed one by one.</summary>
    /// <param name="prefixes">Beginnings of their names.</param>
    /// <exception cref="ArgumentException">No name begins so; the message names some that there are.</exception>
    internal void Freeze(IReadOnlyList<string> prefixes)
    {
        (string Name, Parameter Parameter)[] all = [.. ParameterListing.Distinct((string.Empty, this))];
        foreach (string prefix in prefixes)
        {
            Parameter[] named = [.. all.Where(item => item.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(item => item.Parameter)];
            if (named.Length == 0)
            {
                string parts = string.Join(", ", all.Select(item => string.Join('.', item.Name.Split('.')[..^1])).Distinct().Take(12));
                throw new ArgumentException($"No parameter's name begins with '{prefix}'; parameters are of {parts}, ...", nameof(prefixes));
            }

            foreach (Parameter parameter in named) parameter.requires_grad_(false);
        }
    }

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
        Tensor hidden = Electra.Encode(
            inputIds, attentionMask, tokenTypeIds, positionIds, inputsEmbeds, layout, ReadsFirstOnly); // (batch, seq or 1, hidden)
        return Logits(hidden).MoveToOuterDisposeScope();
    }

    /// <summary>Puts the head on some rows, (..., hidden).</summary>
    /// <returns>float32, of the head's shape</returns>
    private protected Tensor Logits(Tensor hidden) => Casting.Cast(Head(hidden), ScalarType.Float32);

    /// <summary>Whether the head reads the first token of each sequence alone.</summary>
    private protected virtual bool ReadsFirstOnly => false;

    /// <summary>The head, in the dtype of its input or float32.</summary>
    private protected abstract Tensor Head(Tensor hidden);
}

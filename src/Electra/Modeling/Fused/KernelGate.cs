using Electra.Configuration;
using Electra.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>
/// Decides what of a network runs on this library's own CPU kernels; nothing else does. What does not is composed of libtorch's operators.
/// Whatever depends on the configuration and the device is settled once, when the network is made.
/// </summary>
internal sealed class KernelGate
{
    private readonly bool _encoder, _embeddings, _detectionHead, _maskedLMLoss;

    /// <summary>The gate of a network.</summary>
    public KernelGate(ElectraConfig config, Device device)
        : this(config, device, KernelConfiguration.Knows(config))
    {
    }

    /// <summary>The gate of a network of which somebody else says whether kernels know all that its configuration asks for.</summary>
    internal KernelGate(ElectraConfig config, Device device, bool knowsConfig)
    {
        bool isOpen = device.type == DeviceType.CPU && knowsConfig;
        bool isErfGelu = config.HiddenAct is "gelu" or "gelu_python"; // two names of one function
        _encoder = isOpen && isErfGelu && config.NumHiddenLayers > 0 && config.HiddenSize % (config.NumAttentionHeads * Simd.Lanes) == 0 && IsWhole(config.IntermediateSize);
        _embeddings = isOpen && IsWhole(config.EmbeddingSize);
        _detectionHead = isOpen && isErfGelu && IsWhole(config.HiddenSize);
        _maskedLMLoss = isOpen && config.TieWordEmbeddings != false;
    }

    /// <summary>The user's switch, <see cref="ElectraModel.UseFusedKernels"/>.</summary>
    /// <value>true</value>
    public bool IsAllowed { get; set; } = true;

    /// <summary>Whether the layers run as one node.</summary>
    /// <param name="dtype">Of activations.</param>
    /// <param name="keepsStates">Whether somebody wants what each layer computed: its output or its attention probabilities.</param>
    /// <param name="isPacked">Whether the tokens of a padded batch are laid one after the other.</param>
    public bool RunsEncoder(ScalarType dtype, bool keepsStates, bool isPacked) =>
        _encoder && IsAllowed && IsStored(dtype) && !keepsStates && !isPacked;

    /// <summary>Whether embeddings run as one node.</summary>
    /// <param name="dtype">Of the result.</param>
    /// <param name="looksUpWords">Whether there are word ids; false where rows are given in their place.</param>
    public bool RunsEmbeddings(ScalarType dtype, bool looksUpWords) => _embeddings && IsAllowed && IsStored(dtype) && looksUpWords;

    /// <summary>Whether the replaced token detection head runs as one node.</summary>
    /// <param name="dtype">Of activations.</param>
    public bool RunsDetectionHead(ScalarType dtype) => _detectionHead && IsAllowed && IsStored(dtype);

    /// <summary>Whether the decoder, the masked language modeling loss and sampling run as one node.</summary>
    /// <param name="dtype">Of activations.</param>
    public bool RunsMaskedLMLoss(ScalarType dtype) => _maskedLMLoss && IsAllowed && IsStored(dtype);

    /// <summary>
    /// Whether a tensor is dropped out by a counter. Of no network: modules that are composed do so too, so that their masks do not depend on
    /// the number of threads.
    /// </summary>
    public static bool RunsDropout(Tensor x) => x.device_type == DeviceType.CPU && IsStored(x.dtype);

    private static bool IsStored(ScalarType dtype) => dtype is ScalarType.Float32 or ScalarType.BFloat16;

    private static bool IsWhole(int size) => size % Simd.Lanes == 0;
}

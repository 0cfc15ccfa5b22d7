using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>One forward pass through a fused encoder and the backward pass that belongs to it.</summary>
/// <param name="Pool">Where its buffers come from.</param>
/// <param name="Shape">Of the buffers.</param>
/// <param name="Parameters">One a layer, float32.</param>
/// <param name="Gradients">Where the backward pass adds their gradients; null to hand those to autograd.</param>
/// <param name="Settings">One a layer.</param>
internal sealed record EncoderPass(
    EncoderWorkspacePool Pool,
    EncoderShape Shape,
    IReadOnlyList<EncoderLayerParameters<Tensor>> Parameters,
    IReadOnlyList<EncoderLayerParameters<Tensor?>>? Gradients,
    IReadOnlyList<EncoderLayerSettings> Settings)
{
    /// <summary>The weights, one a layer, where the parameters don't change any more; null: they are loaded for each pass.</summary>
    public IReadOnlyList<EncoderLayerWeights>? Prepared { get; init; }

    /// <summary>The buffers from the forward pass to the end of the backward pass.</summary>
    public EncoderWorkspace? Workspace { get; set; }

    /// <summary>The parameters of all layers, the lowest first.</summary>
    public IEnumerable<Tensor> AllParameters => Parameters.SelectMany(layer => layer.ToArray());
}

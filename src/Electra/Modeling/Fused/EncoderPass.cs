using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>One forward pass through a fused encoder and the backward pass that belongs to it.</summary>
/// <param name="Pool">Where its buffers come from.</param>
/// <param name="Shape">Of the buffers.</param>
/// <param name="Parameters">One a layer, float32.</param>
/// <param name="Gradients">Where the backward pass adds their gradients; null to hand those to autograd.</param>
/// <param name="Settings">One a layer.</param>
/// <param name="FirstOnly">Whether the output of the first tokens alone is wanted; without dropout and a backward pass.</param>
/// <param name="Prepared">Where weights come from if the shape says that they are prepared.</param>
/// <param name="LayerDone">Is called when the backward pass has added a layer's gradients; null for nobody.</param>
internal sealed record EncoderPass(
    EncoderWorkspacePool Pool,
    EncoderShape Shape,
    IReadOnlyList<EncoderLayerParameters<Tensor>> Parameters,
    IReadOnlyList<EncoderLayerParameters<Tensor?>>? Gradients,
    IReadOnlyList<EncoderLayerSettings> Settings,
    bool FirstOnly = false,
    PreparedWeights? Prepared = null,
    Action<int>? LayerDone = null)
{
    /// <summary>The buffers from the forward pass to the end of the backward pass.</summary>
    public EncoderWorkspace? Workspace { get; private set; }

    /// <summary>The weights as they were in the forward pass, for as long.</summary>
    public EncoderWeights? Weights { get; private set; }

    /// <summary>The parameters of all layers, the lowest first.</summary>
    public IEnumerable<Tensor> AllParameters => Parameters.SelectMany(layer => layer.ToArray());

    /// <summary>Rents both, and loads the weights unless they are prepared.</summary>
    public (EncoderWorkspace Workspace, EncoderWeights Weights) Begin()
    {
        Workspace = Pool.Rent(Shape);
        if (Shape.IsPrepared) return (Workspace, Weights = Prepared!.For(Shape));
        Weights = Pool.RentWeights(Shape);
        Weights.Load(Parameters);
        return (Workspace, Weights);
    }

    /// <summary>Gives both back.</summary>
    public void End()
    {
        (EncoderWorkspace? workspace, EncoderWeights? weights) = (Workspace, Weights);
        (Workspace, Weights) = (null, null);
        if (workspace is not null) Pool.Return(workspace);
        if (weights is not null && !Shape.IsPrepared) Pool.Return(weights);
    }
}

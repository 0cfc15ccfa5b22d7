using Electra.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace Electra.Modeling;

/// <summary>
/// Look-ups, their sum, LayerNorm and dropout on a CPU as one node. The gradient of a table goes to the rows that were looked up alone,
/// where autograd would make a dense one of the table's size.
/// </summary>
internal sealed class FusedEmbeddings : CustomNode<FusedEmbeddings>
{
    private const string PassKey = "pass";

    /// <summary>Embeds a batch; ids must be rows of their tables.</summary>
    /// <param name="inputIds">int64 (batch, seq)</param>
    /// <param name="tokenTypeIds">int64 (batch, seq); null for all zero</param>
    /// <param name="positionIds">int64 (batch or 1, seq); null for 0, 1, ...</param>
    /// <param name="pass">The rest.</param>
    /// <returns>(batch, seq, size) in the dtype of <paramref name="pass"/></returns>
    public static Tensor Run(Tensor inputIds, Tensor? tokenTypeIds, Tensor? positionIds, EmbeddingPass pass)
    {
        Tensor[] tracked = pass.Parameters.ToArray();
        if (pass.Gradients is not null) tracked = ParameterGradients.StandIn(null, tracked);
        return apply([inputIds, tokenTypeIds!, positionIds!, .. tracked, pass]);
    }

    /// <inheritdoc/>
    protected override unsafe Tensor Forward(AutogradContext ctx, object[] vars)
    {
        using var scope = NewDisposeScope();
        var pass = (EmbeddingPass)vars[^1];
        Tensor ids = ((Tensor)vars[0]).contiguous();
        Tensor? types = (vars[1] as Tensor)?.contiguous(), positions = (vars[2] as Tensor)?.contiguous();
        Tensor output = empty(ids.size(0), ids.size(1), pass.Parameters.Words.size(1), pass.Dtype);
        Tensor statistics = empty(2, ids.numel());
        EmbeddingLayerNorm.Arguments arguments = Arguments(pass, ids, types, positions, statistics, output);
        if (pass.Dtype == ScalarType.BFloat16) EmbeddingLayerNorm.Forward<BFloat16Element>(ref arguments);
        else EmbeddingLayerNorm.Forward<Float32Element>(ref arguments);
        List<Tensor> saved = [ids, types!, positions!, statistics];
        foreach (Tensor? tensor in saved) tensor?.MoveToOuterDisposeScope();
        ctx.save_for_backward(saved);
        ctx.save_data(PassKey, pass);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override unsafe List<Tensor> Backward(AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var pass = (EmbeddingPass)ctx.get_data(PassKey);
        List<Tensor> saved = ctx.get_saved_variables();
        EmbeddingParameters<Tensor?> gradients = pass.Gradients ?? pass.Parameters.Map(ParameterGradients.Fresh);
        Tensor gradSum = empty(saved[0].numel(), pass.Parameters.Words.size(1));
        EmbeddingLayerNorm.Arguments arguments = Arguments(pass, saved[0], saved[1], saved[2], saved[3], grad_output.contiguous());
        arguments.GradSum = (float*)Data(gradSum);
        EmbeddingLayerNorm.Gradients targets = new()
        {
            Words = (float*)Data(gradients.Words),
            Positions = (float*)Data(gradients.Positions),
            Types = (float*)Data(gradients.Types),
            Weight = (float*)Data(gradients.NormWeight),
            Bias = (float*)Data(gradients.NormBias),
            PaddingId = pass.PaddingId,
        };
        if (pass.Dtype == ScalarType.BFloat16) EmbeddingLayerNorm.Backward<BFloat16Element>(ref arguments, targets);
        else EmbeddingLayerNorm.Backward<Float32Element>(ref arguments, targets);
        IEnumerable<Tensor> handed = pass.Gradients is null ? gradients.ToArray().Select(t => t?.MoveToOuterDisposeScope()!) : [null!];
        return [null!, null!, null!, .. handed, null!];
    }

    private static unsafe EmbeddingLayerNorm.Arguments Arguments(
        EmbeddingPass pass, Tensor ids, Tensor? types, Tensor? positions, Tensor statistics, Tensor output)
    {
        long rows = ids.numel();
        float* mean = (float*)Data(statistics);
        return new()
        {
            Rows = rows,
            Width = (int)pass.Parameters.Words.size(1),
            Epsilon = (float)pass.LayerNormEpsilon,
            WordIds = (long*)Data(ids),
            TypeIds = types is null ? null : (long*)Data(types),
            PositionIds = positions is null ? null : (long*)Data(positions),
            PositionsRepeat = positions?.numel() ?? ids.size(1),
            Words = (float*)Data(pass.Parameters.Words),
            Types = (float*)Data(pass.Parameters.Types),
            Positions = (float*)Data(pass.Parameters.Positions),
            Weight = (float*)Data(pass.Parameters.NormWeight),
            Bias = (float*)Data(pass.Parameters.NormBias),
            Mask = pass.Dropout,
            Output = (void*)Data(output),
            Mean = mean,
            InverseStd = mean + rows,
        };
    }

    private static nint Data(Tensor? tensor) => tensor is null ? 0 : Aten.DataPointer(tensor);
}

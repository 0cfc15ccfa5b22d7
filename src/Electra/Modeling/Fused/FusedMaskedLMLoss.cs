using Electra.Native;
using Electra.Native.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace Electra.Modeling.Fused;

/// <summary>
/// Decoder, cross-entropy and sampling of the generator on a CPU in one node. The gradient is computed in the forward pass, chunk by
/// chunk while the logits are in cache, so that logits of all rows exist neither at once nor twice.
/// </summary>
internal sealed class FusedMaskedLMLoss : SingleTensorFunction<FusedMaskedLMLoss>
{
    private const long ChunkElements = 24L << 20; // logits of one chunk: 48 MB in bfloat16

    /// <inheritdoc/>
    public override string Name => nameof(FusedMaskedLMLoss);

    /// <summary>Whether it can run on <paramref name="features"/>.</summary>
    public static bool Supports(Tensor features) =>
        features.device_type == DeviceType.CPU && features.dtype is ScalarType.Float32 or ScalarType.BFloat16;

    /// <summary>The weighted sum of negative log-likelihoods, a float32 scalar.</summary>
    /// <param name="features">float32 or bfloat16 (n, embedding).</param>
    /// <param name="wordTable">float32 (words, embedding).</param>
    /// <param name="bias">float32 (words).</param>
    /// <param name="targets">What was hidden; its samples are written.</param>
    public static Tensor Run(Tensor features, Tensor wordTable, Tensor bias, MaskedLMTargets targets)
    {
        if (is_grad_enabled()) return apply(features, wordTable, bias, targets);
        using var scope = NewDisposeScope();
        return Compute(features, wordTable, bias, targets, wantsGradient: false).Loss.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        Result result = Compute((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (MaskedLMTargets)vars[3], wantsGradient: true);
        Tensor[] gradients = [result.GradFeatures!, result.GradWordTable!, result.GradBias!];
        foreach (Tensor gradient in gradients) gradient.MoveToOuterDisposeScope();
        ctx.save_for_backward([.. gradients]);
        return result.Loss.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        using var noGrad = no_grad();
        return [.. ctx.get_saved_variables().Select(gradient => gradient * grad_output.to(gradient.dtype)), null!];
    }

    private static Result Compute(Tensor features, Tensor wordTable, Tensor bias, MaskedLMTargets targets, bool wantsGradient) =>
        features.dtype == ScalarType.BFloat16
            ? Compute<BFloat16Element>(features, wordTable, bias, targets, wantsGradient)
            : Compute<Float32Element>(features, wordTable, bias, targets, wantsGradient);

    private static unsafe Result Compute<T>(Tensor features, Tensor wordTable, Tensor bias, MaskedLMTargets targets, bool wantsGradient)
        where T : struct, IElement
    {
        (long rows, long words) = (features.shape[0], wordTable.shape[0]);
        Tensor table = wordTable.dtype == features.dtype ? wordTable : wordTable.to(features.dtype);
        Tensor transposed = table.t();
        Tensor losses = empty(rows);
        Tensor? gradFeatures = wantsGradient ? empty_like(features) : null;
        Tensor? gradTable = wantsGradient ? zeros_like(wordTable) : null;
        Tensor? gradBias = wantsGradient ? zeros_like(bias) : null;
        long chunk = Math.Max(1, ChunkElements / words);
        for (long start = 0; start < rows; start += chunk)
        {
            using var scope = NewDisposeScope();
            long count = Math.Min(chunk, rows - start);
            Tensor part = features.narrow(0, start, count);
            Tensor logits = mm(part, transposed); // (count, words)
            Tensor gradBiasPart = zeros(words);
            SoftmaxCrossEntropy.Arguments arguments = new()
            {
                Rows = count,
                Words = (int)words,
                Logits = (void*)Aten.DataPointer(logits),
                Bias = (float*)Aten.DataPointer(bias),
                Targets = (long*)Aten.DataPointer(targets.Ids) + start,
                Weights = (float*)Aten.DataPointer(targets.Weights) + start,
                Uniform = targets.Uniform is null ? null : (float*)Aten.DataPointer(targets.Uniform) + start,
                Samples = targets.Samples is null ? null : (long*)Aten.DataPointer(targets.Samples) + start,
                Losses = (float*)Aten.DataPointer(losses) + start,
                WantsGradient = wantsGradient,
            };
            SoftmaxCrossEntropy.Run<T>(ref arguments, (float*)Aten.DataPointer(gradBiasPart));
            if (!wantsGradient) continue;
            gradFeatures!.narrow(0, start, count).copy_(mm(logits, table));
            gradTable!.add_(mm(logits.t(), part));
            gradBias!.add_(gradBiasPart);
        }

        return new Result(losses.sum(), gradFeatures, gradTable, gradBias);
    }

    private readonly record struct Result(Tensor Loss, Tensor? GradFeatures, Tensor? GradWordTable, Tensor? GradBias);
}

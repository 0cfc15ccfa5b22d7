using Electra.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace Electra.Modeling;

/// <summary>
/// Decoder, cross-entropy and sampling of the generator on a CPU in one node. The gradient is computed in the forward pass, chunk by
/// chunk while the logits are in cache, so that logits of all rows exist neither at once nor twice.
/// </summary>
internal sealed class FusedMaskedLMLoss : CustomNode<FusedMaskedLMLoss>
{
    private const string InPlaceKey = "in place";
    private const long ChunkElements = 24L << 20; // logits of one chunk: 48 MB in bfloat16

    /// <inheritdoc/>
    public override string Name => nameof(FusedMaskedLMLoss);

    /// <summary>The weighted sum of negative log-likelihoods, a float32 scalar.</summary>
    /// <param name="features">float32 or bfloat16 (n, embedding).</param>
    /// <param name="wordEmbeddings">float32 (words, embedding).</param>
    /// <param name="bias">float32 (words).</param>
    /// <param name="targets">What was hidden; losses, hits and samples are written.</param>
    /// <param name="gradients">
    /// Where the backward pass adds the gradients of <paramref name="wordEmbeddings"/> and <paramref name="bias"/>; null to hand those to autograd.
    /// </param>
    public static Tensor Run(
        Tensor features, Tensor wordEmbeddings, Tensor bias, MaskedLMTargets targets, (Tensor WordEmbeddings, Tensor Bias)? gradients = null)
    {
        targets.RequireFit(features.shape[0], wordEmbeddings.shape[0], nameof(targets));
        bool inPlace = gradients is not null && features.requires_grad;
        // Detached: autograd is told of no parameter whose gradient is not its business.
        if (is_grad_enabled())
        {
            return inPlace
                ? apply(features, wordEmbeddings.detach(), bias.detach(), targets, gradients!)
                : apply(features, wordEmbeddings, bias, targets, false);
        }

        using var scope = NewDisposeScope();
        return Compute(features, wordEmbeddings, bias, targets, wantsGradient: false).Loss.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override Tensor Forward(AutogradContext ctx, object[] vars)
    {
        using var scope = NewDisposeScope();
        Result result = Compute((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (MaskedLMTargets)vars[3], wantsGradient: true);
        Tensor[] gradients = [result.GradFeatures!, result.GradWordEmbeddings!, result.GradBias!];
        foreach (Tensor gradient in gradients) gradient.MoveToOuterDisposeScope();
        ctx.save_for_backward([.. gradients]);
        ctx.save_data(InPlaceKey, vars[4]);
        return result.Loss.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override unsafe List<Tensor> Backward(AutogradContext ctx, Tensor grad_output)
    {
        using var noGrad = no_grad();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor gradFeatures = saved[0] * grad_output; // of no dimension: the dtype stays
        if (ctx.get_data(InPlaceKey) is not (Tensor wordEmbeddings, Tensor bias))
            return [gradFeatures, Casting.Cast(saved[1], ScalarType.Float32) * grad_output, saved[2] * grad_output, null!, null!];
        float scale = *(float*)Aten.DataPointer(grad_output);
        Add(saved[1], wordEmbeddings, scale);
        Add(saved[2], bias, scale);
        return [gradFeatures, null!, null!, null!, null!];
    }

    private static unsafe void Add(Tensor addend, Tensor sum, float scale)
    {
        void* from = (void*)Aten.DataPointer(addend);
        float* to = (float*)Aten.DataPointer(sum);
        if (addend.dtype == ScalarType.BFloat16) GradientSum.Add<BFloat16Element>(from, to, addend.numel(), scale);
        else GradientSum.Add<Float32Element>(from, to, addend.numel(), scale);
    }

    private static Result Compute(Tensor features, Tensor wordEmbeddings, Tensor bias, MaskedLMTargets targets, bool wantsGradient) =>
        features.dtype == ScalarType.BFloat16
            ? Compute<BFloat16Element>(features, wordEmbeddings, bias, targets, wantsGradient)
            : Compute<Float32Element>(features, wordEmbeddings, bias, targets, wantsGradient);

    private static unsafe Result Compute<T>(Tensor features, Tensor wordEmbeddings, Tensor bias, MaskedLMTargets targets, bool wantsGradient)
        where T : struct, IElement
    {
        (long rows, long words) = (features.shape[0], wordEmbeddings.shape[0]);
        Tensor table = wordEmbeddings.dtype == features.dtype ? wordEmbeddings : wordEmbeddings.to(features.dtype);
        Tensor? gradFeatures = wantsGradient ? empty_like(features) : null;
        Tensor? gradTable = null;
        Tensor? gradBias = wantsGradient ? zeros_like(bias) : null;
        long chunk = Math.Max(1, ChunkElements / words);
        for (long start = 0; start < rows; start += chunk)
        {
            using var scope = NewDisposeScope();
            long count = Math.Min(chunk, rows - start);
            Tensor part = features.narrow(0, start, count);
            Tensor logits = empty(count, words, features.dtype);
            MatrixProducts.MultiplyByTransposed(part, table, logits);
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
                Losses = (float*)Aten.DataPointer(targets.Losses) + start,
                Hits = (float*)Aten.DataPointer(targets.Hits) + start,
                NeverTarget = targets.NeverTarget,
                WantsGradient = wantsGradient,
            };
            SoftmaxCrossEntropy.Run<T>(ref arguments, gradBias is null ? null : (float*)Aten.DataPointer(gradBias));
            if (!wantsGradient) continue;
            MatrixProducts.Multiply(logits, table, gradFeatures!.narrow(0, start, count));
            Tensor product = empty_like(table);
            MatrixProducts.MultiplyTransposed(logits, part, product);
            gradTable = AddTo(gradTable, product, isOnly: count == rows);
        }

        return new Result(targets.Losses.sum(), gradFeatures, gradTable, gradBias);
    }

    /// <summary>Sums of chunks in float32; the product of an only chunk stays as it is.</summary>
    private static Tensor AddTo(Tensor? sum, Tensor product, bool isOnly)
    {
        if (isOnly) return product.MoveToOuterDisposeScope();
        return sum?.add_(product, Scalars.One) ?? product.to(ScalarType.Float32, copy: true).MoveToOuterDisposeScope();
    }

    private readonly record struct Result(Tensor Loss, Tensor? GradFeatures, Tensor? GradWordEmbeddings, Tensor? GradBias);
}

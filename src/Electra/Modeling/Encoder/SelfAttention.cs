using Electra.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>Scaled dot-product attention, by the way that is fastest for the device, dtype and dropout at hand.</summary>
internal static class SelfAttention
{
    /// <summary>Attends. Tensors are (batch, heads, seq, head size), all of one dtype; so is the result.</summary>
    public static Tensor Apply(Tensor query, Tensor key, Tensor value, LayerContext context, double dropout, bool training)
    {
        double p = training ? dropout : 0;
        if (context.Attentions is not null || !UsesOneOperator(query, p)) return Explicit(query, key, value, context, p);
        if (p > 0) context.Dropout.NextSeed();
        return nn.functional.scaled_dot_product_attention(query, key, value, context.Mask, p);
    }

    /// <summary>
    /// libtorch's CPU kernel loses to plain matrix products in bfloat16 (three times at length 128) and has no dropout; its CUDA kernels
    /// win throughout.
    /// </summary>
    private static bool UsesOneOperator(Tensor query, double p) =>
        query.device_type == DeviceType.CUDA || (p == 0 && query.dtype == ScalarType.Float32);

    private static Tensor Explicit(Tensor query, Tensor key, Tensor value, LayerContext context, double p)
    {
        // Scaling the query costs (seq x head size), scaling the scores would cost (seq x seq).
        Tensor scores = matmul(query.mul(Scalars.Of(1 / Math.Sqrt(query.shape[^1]))), key.transpose(-1, -2)); // (batch, heads, seq, seq)
        if (context.Mask is not null) scores = scores.add(context.Mask, Scalars.One);
        Tensor probabilities = Dropout.Apply(nn.functional.softmax(scores, -1), p, context.Dropout, training: true);
        context.Attentions?.Add(probabilities.DetachFromDisposeScope()); // the model gives it to the caller's scope
        return matmul(probabilities, value); // (batch, heads, seq, head size)
    }
}

using static TorchSharp.torch;

namespace Electra.Native;

/// <summary>libtorch's flash attention over sequences of different lengths that lie one after the other; CUDA only. Differentiable.</summary>
internal static class FlashAttention
{
    /// <summary>Attends within each sequence; scores are scaled by 1 / sqrt(size). Dropout draws from the device's generator.</summary>
    /// <param name="query">bfloat16 (tokens, heads, size), size a multiple of 8 up to 256.</param>
    /// <param name="key">As <paramref name="query"/>.</param>
    /// <param name="value">As <paramref name="query"/>.</param>
    /// <param name="offsets">int32 (sequences + 1), on the same device: where each sequence begins, and the number of tokens.</param>
    /// <param name="longest">Tokens of the longest sequence.</param>
    /// <param name="dropout">Probability with which an attention weight is dropped.</param>
    /// <returns>As <paramref name="query"/>.</returns>
    /// <exception cref="InvalidOperationException">The device, its libtorch or the arguments do not allow it.</exception>
    public static Tensor Run(Tensor query, Tensor key, Tensor value, Tensor offsets, long longest, double dropout)
    {
        Span<ulong> stack =
        [
            Aten.Argument(query), Aten.Argument(key), Aten.Argument(value),
            Aten.Optional(Aten.Argument(offsets)), Aten.Optional(Aten.Argument(offsets)), // cum_seq_q, cum_seq_k
            (ulong)longest, (ulong)longest, // max_q, max_k
            Aten.Argument(dropout),
            0, 0, // is_causal, return_debug_mask
            Aten.None, Aten.None, Aten.None, // scale, window_size_left, window_size_right
            Aten.None, Aten.None, // seqused_k, alibi_slopes
        ];
        Aten.Call("aten::_flash_attention_forward"u8, default, stack);
        for (int i = 1; i < 5; i++) Aten.Result(stack[i]).Dispose(); // softmax_logsumexp, rng_state, unused, debug_attn_mask: the graph has its own
        return Aten.Result(stack[0]); // (tokens, heads, size)
    }
}

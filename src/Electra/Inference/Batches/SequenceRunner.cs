using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Inference;

/// <summary>
/// Takes any number of sequences through a model, those of similar length together, and gives what it says of each in their order. What is served
/// and what is measured while a model is fine-tuned go through here alike.
/// </summary>
/// <param name="device">Where the model is.</param>
/// <param name="padId">The id of padding.</param>
/// <param name="limit">The model's positions.</param>
internal sealed class SequenceRunner(Device device, int padId, int limit)
{
    private const int OnCpu = 1_024, OnGpu = 8_192;

    /// <summary>Positions of a forward pass, unless one sequence has more.</summary>
    /// <value>null: as <see cref="InferenceOptions.PositionsPerPass"/> says.</value>
    public int? PositionsPerPass { get; init; }

    /// <summary>Is called after each forward pass.</summary>
    /// <value>null: nothing is.</value>
    public Action? OnBatch { get; init; }

    /// <summary>Runs the model, without gradients.</summary>
    /// <param name="sequences">Any number.</param>
    /// <param name="forward">The model in evaluation mode: float32 (rows, ...); of tokens (rows, seq, ...).</param>
    /// <param name="cancellationToken">Stops between two passes.</param>
    /// <returns>One array a sequence: the row; where <paramref name="forward"/> speaks of tokens, padding included.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public float[][] Run(IReadOnlyList<TokenSequence> sequences, Func<TokenRows, Tensor> forward, CancellationToken cancellationToken = default)
    {
        var outputs = new float[sequences.Count][];
        foreach (int[] pass in PaddedRows.Passes(sequences, limit, PositionsPerPass ?? (device.type == DeviceType.CPU ? OnCpu : OnGpu)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            RunPass([.. pass.Select(i => sequences[i])], forward, (row, output) => outputs[pass[row]] = output.ToArray());
            OnBatch?.Invoke();
        }

        return outputs;
    }

    private delegate void Take(int row, ReadOnlySpan<float> output);

    private void RunPass(IReadOnlyList<TokenSequence> sequences, Func<TokenRows, Tensor> forward, Take take)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor output = forward(TokenRows.Of(sequences, padId, limit, device)).cpu().contiguous();
        ReadOnlySpan<float> values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(output.bytes);
        int width = values.Length / sequences.Count;
        for (int row = 0; row < sequences.Count; row++) take(row, values.Slice(row * width, width));
    }
}

using System.Runtime.InteropServices;
using Electra.Distributed;
using static TorchSharp.torch;

namespace Electra.Training;

/// <summary>
/// Collects scores and truths over several batches and computes <see cref="BinaryClassificationMetrics"/> of them all. Five bytes an item.
/// </summary>
internal sealed class BinaryClassificationScores
{
    private readonly List<float> scores = [];
    private readonly List<bool> labels = [];

    /// <summary>Items collected so far.</summary>
    public int Count => scores.Count;

    /// <summary>Adds one item.</summary>
    public void Add(float score, bool isPositive)
    {
        scores.Add(score);
        labels.Add(isPositive);
    }

    /// <summary>
    /// Adds a batch of logits. This reads the tensors back from their device, so call it when logging or evaluating, not every step.
    /// </summary>
    /// <param name="logits">Any shape and float type; above 0 means "positive".</param>
    /// <param name="isPositive">Same shape; bool, or numbers where non-zero is positive.</param>
    /// <param name="include">Same shape, non-zero where an item counts (an attention mask); null counts all.</param>
    public void Add(Tensor logits, Tensor isPositive, Tensor? include = null)
    {
        using var scope = NewDisposeScope();
        float[] values = logits.detach().to(ScalarType.Float32).cpu().reshape(-1).data<float>().ToArray();
        bool[] truths = isPositive.detach().to(ScalarType.Bool).cpu().reshape(-1).data<bool>().ToArray();
        bool[]? counted = include?.detach().to(ScalarType.Bool).cpu().reshape(-1).data<bool>().ToArray();
        if (truths.Length != values.Length || (counted is not null && counted.Length != values.Length))
        {
            throw new ArgumentException(
                $"Logits, labels and mask must have one shape; they have {values.Length}, {truths.Length} and {counted?.Length} items.");
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (counted is null || counted[i]) Add(values[i], truths[i]);
        }
    }

    /// <summary>Adds what other processes have collected.</summary>
    public void Gather(IProcessGroup group)
    {
        if (group.Size == 1) return;
        float[] all = ProcessGroup.AllGather(group, scores), truths = ProcessGroup.AllGather(group, [.. labels.Select(label => label ? 1f : 0f)]);
        scores.Clear();
        labels.Clear();
        scores.AddRange(all);
        labels.AddRange(truths.Select(truth => truth != 0));
    }

    /// <summary>The metrics of everything added so far.</summary>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public BinaryClassificationMetrics Compute() =>
        BinaryClassificationMetrics.Compute(CollectionsMarshal.AsSpan(scores), CollectionsMarshal.AsSpan(labels));
}

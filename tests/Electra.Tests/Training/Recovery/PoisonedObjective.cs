using System.Runtime.InteropServices;
using Electra.Configuration;
using Electra.Data;
using Electra.Pretraining;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Tests.Training;

/// <summary>What goes wrong with the loss of a batch.</summary>
internal enum Poison
{
    None,

    /// <summary>The loss is NaN, and its gradient is as usual.</summary>
    LossAlone,

    /// <summary>Loss and gradient are NaN.</summary>
    Both,

    /// <summary>The loss is as usual, and its gradient too large to be squared.</summary>
    GradientAlone,

    /// <summary>A thousand times the loss.</summary>
    Spike,
}

/// <summary>An objective on whose batches something goes wrong, by what they hold.</summary>
/// <param name="inner">The objective itself.</param>
/// <param name="seen">The batches that were trained on, as numbers, in the order in which they were read.</param>
/// <param name="poison">What goes wrong with a batch.</param>
internal sealed class PoisonedObjective(IPretrainingObjective inner, List<int> seen, Func<int, Poison> poison) : IPretrainingObjective
{
    public ElectraConfig Config => inner.Config;

    public TrainedNetworks Networks => inner.Networks;

    public IEnumerable<(string Name, Tensor Tensor)> Sums => inner.Sums;

    public MaskedBatch Corrupt(Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, StepRandomness draws)
    {
        if (is_grad_enabled()) seen.Add(Number(MemoryMarshal.AsBytes<long>(inputIds.contiguous().data<long>().ToArray())));
        return inner.Corrupt(inputIds, attentionMask, tokenTypeIds, draws);
    }

    public Tensor Loss(MaskedBatch rows, LossCounts counts)
    {
        Tensor loss = inner.Loss(rows, counts), weight = Networks.NamedParameters()[0].Parameter;
        return poison(seen[^1]) switch
        {
            Poison.LossAlone => loss + float.NaN,
            Poison.Both => loss * float.NaN,
            Poison.GradientAlone => loss + ((weight - weight.detach()).sum() * 1e30),
            Poison.Spike => loss * 1000,
            _ => loss,
        };
    }

    public void Updated() => inner.Updated();

    public ObjectiveReport Read(double updates) => inner.Read(updates);

    public IObjectiveEvaluation Evaluate(UnigramModel unigrams) => inner.Evaluate(unigrams);

    public void Dispose() => inner.Dispose();

    // The same in every process, which HashCode is not.
    private static int Number(ReadOnlySpan<byte> bytes)
    {
        uint number = 2166136261;
        foreach (byte value in bytes) number = (number ^ value) * 16777619;
        return (int)number;
    }
}

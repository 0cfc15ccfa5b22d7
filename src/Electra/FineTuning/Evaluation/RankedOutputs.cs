using Electra.Distributed;
using Electra.Inference;
using Electra.Training;

namespace Electra.FineTuning;

/// <summary>What a network says of sequences that ranks share: each takes every so many-th of them, and has the outputs of all.</summary>
/// <param name="group">The ranks.</param>
internal sealed class RankedOutputs(IProcessGroup group)
{
    /// <summary>Runs the network.</summary>
    /// <param name="sequences">All of them.</param>
    /// <param name="run">Gives an output for each of this rank's sequences.</param>
    /// <param name="cancellationToken">Stops all ranks.</param>
    /// <returns>One a sequence, in their order.</returns>
    /// <exception cref="OperationCanceledException">A rank was told to stop.</exception>
    public float[][] Of(IReadOnlyList<TokenSequence> sequences, Func<IReadOnlyList<TokenSequence>, float[][]> run, CancellationToken cancellationToken)
    {
        if (group.Size == 1) return run(sequences);
        float[][] own = [];
        try
        {
            own = run([.. sequences.Where((_, index) => index % group.Size == group.Rank)]);
        }
        catch (OperationCanceledException)
        {
            // All ranks stop below.
        }

        new RankedRun(group).ThrowIfCancelled(cancellationToken);
        var lengths = new double[sequences.Count];
        foreach ((int index, float[] output) in own.Index()) lengths[(index * group.Size) + group.Rank] = output.Length;
        group.AllReduceSum(lengths);
        float[] all = ProcessGroup.AllGather(group, [.. own.SelectMany(output => output)]);
        var outputs = new float[sequences.Count][];
        int start = 0;
        for (int rank = 0; rank < group.Size; rank++)
        {
            for (int index = rank; index < outputs.Length; index += group.Size)
            {
                outputs[index] = all[start..(start + (int)lengths[index])];
                start += (int)lengths[index];
            }
        }

        return outputs;
    }
}

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Electra.Distributed;
using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Training;

/// <summary>
/// What the ranks of a run tell each other. Rank 0 has the folder, the clock and the last word; each has a share of every update. A run of one process
/// tells nothing.
/// </summary>
internal sealed class RankedRun(IProcessGroup group)
{
    private const int HashBytes = 8;

    /// <summary>The processes.</summary>
    public IProcessGroup Group => group;

    /// <summary>Whether there is no other.</summary>
    public bool IsAlone => group.Size == 1;

    /// <summary>Whether this is rank 0, which reads and writes the run's folder.</summary>
    public bool Leads => group.Rank == 0;

    /// <summary>Agrees on how to go on.</summary>
    /// <param name="own">What this rank says; of time and end only rank 0's counts.</param>
    public RunWord Agree(RunWord own)
    {
        double[] word = [own.Stop ? 1 : 0, Leads ? own.Used.Ticks : 0, Leads && own.IsDone ? 1 : 0];
        group.AllReduceSum(word);
        return new RunWord(word[0] > 0, TimeSpan.FromTicks((long)word[1]), word[2] > 0);
    }

    /// <summary>Whether something holds on all ranks.</summary>
    public bool IsTrueOfAll(bool own)
    {
        if (IsAlone) return own;
        double[] against = [own ? 0 : 1];
        group.AllReduceSum(against);
        return against[0] == 0;
    }

    /// <summary>The largest of what the ranks say, which is 0 or more.</summary>
    public long Most(long own)
    {
        double[] all = new double[group.Size];
        all[group.Rank] = own;
        if (!IsAlone) group.AllReduceSum(all);
        return (long)all.Max();
    }

    /// <summary>Stops all ranks at this place where one is to stop.</summary>
    /// <exception cref="OperationCanceledException">One is.</exception>
    public void ThrowIfCancelled(CancellationToken cancellationToken)
    {
        if (IsTrueOfAll(!cancellationToken.IsCancellationRequested)) return;
        cancellationToken.ThrowIfCancellationRequested();
        throw new OperationCanceledException("Another rank was told to stop.");
    }

    /// <summary>
    /// Waits until all ranks have made what they have begun, also on GPUs. A rank that was lost is noticed here, before the host waits for a GPU that waits in vain.
    /// </summary>
    /// <exception cref="ProcessGroupException">A rank was lost.</exception>
    public void Meet()
    {
        if (!IsAlone) group.Barrier();
    }

    /// <summary>Makes gradients of a mean over the ranks those of this rank alone.</summary>
    public void MakeOwn(Tensor gradients)
    {
        if (IsAlone) return;
        using (no_grad()) gradients.mul_(Scalars.Of(group.Size));
    }

    /// <summary>Moves what the ranks have counted to rank 0; the others begin at zero.</summary>
    public void MoveFigures(IEnumerable<Tensor> figures)
    {
        if (IsAlone) return;
        using var _ = no_grad();
        foreach (Tensor figure in figures)
        {
            group.AllReduceSum(figure);
            if (!Leads) figure.zero_();
        }
    }

    /// <summary>Makes sure that all ranks were started for the same.</summary>
    /// <param name="description">What this one was started for.</param>
    /// <exception cref="ProcessGroupException">They were not; names the ranks, and on those also what differs from rank 0.</exception>
    public void RequireSame(JsonObject description)
    {
        if (IsAlone) return;
        string first = group.AtRankZero(() => description.ToJsonString());
        var differences = new List<string>();
        TrainingOptions.Compare("", description, JsonNode.Parse(first), differences, $".{nameof(TrainingOptions.OutputFolder)}");
        int[] others = RanksWith(differences.Count > 0);
        if (others.Length == 0) return;
        string own = differences.Count == 0 ? "" : $" On rank {group.Rank} {string.Join("; ", differences).Replace(" now, but was ", " here, but on rank 0 ", StringComparison.Ordinal)}.";
        throw new ProcessGroupException($"{Name(others)} was started with other options or other data than rank 0.{own} Start all ranks with the same.", others);
    }

    /// <summary>Makes sure that all ranks have the same weights, to the bit.</summary>
    /// <param name="weights">All of them.</param>
    /// <param name="step">Updates made.</param>
    /// <exception cref="ProcessGroupException">They have not; names the ranks.</exception>
    public void RequireSameWeights(Tensor weights, long step)
    {
        if (IsAlone) return;
        byte[] own = Hash(weights);
        byte[] first = [.. own];
        group.Broadcast(first);
        int[] others = RanksWith(!own.AsSpan().SequenceEqual(first));
        if (others.Length == 0) return;
        throw new ProcessGroupException(
            $"By step {step} the weights of {Name(others)} differ from those of rank 0, which must not be: its processor computes otherwise, its memory failed, "
            + "or its program is another one. Go on from the last checkpoint without that machine.", others);
    }

    private int[] RanksWith(bool own)
    {
        var all = new double[group.Size];
        all[group.Rank] = own ? 1 : 0;
        group.AllReduceSum(all);
        return [.. Enumerable.Range(0, group.Size).Where(rank => all[rank] > 0)];
    }

    private static string Name(int[] ranks) => $"rank {string.Join(", ", ranks)}";

    // Weights on a GPU come to the host a piece at a time.
    private static unsafe byte[] Hash(Tensor weights)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var scope = NewDisposeScope();
        Tensor all = weights.view(-1);
        const int most = 1 << 24;
        for (long start = 0, end = all.numel(); start < end; start += most)
        {
            using Tensor piece = all.narrow(0, start, Math.Min(most, end - start)), host = piece.cpu();
            hash.AppendData(new ReadOnlySpan<byte>((byte*)Aten.DataPointer(host), (int)(host.numel() * host.element_size())));
        }

        return hash.GetHashAndReset()[..HashBytes];
    }
}

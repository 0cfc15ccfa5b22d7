using Electra.Distributed;

namespace Electra.Samples.Pretrain.Reporting;

/// <summary>What several ranks are, for people.</summary>
internal static class RankText
{
    /// <summary>Says so; empty for a process alone. All ranks call this at the same time.</summary>
    public static string Of(IProcessGroup group) => group switch
    {
        MpiProcessGroup mpi => Of(mpi.Hosts, mpi.Library),
        NcclProcessGroup nccl => Of(nccl.Hosts, nccl.Library),
        _ => "",
    };

    private static string Of(IReadOnlyList<string> hosts, string library) => $"{hosts.Count} ranks on {hosts.Distinct().Count()} machine(s), by {library}";
}

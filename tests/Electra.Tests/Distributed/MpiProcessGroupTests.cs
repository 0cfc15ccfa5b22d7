using Electra.Distributed;

namespace Electra.Tests.Distributed;

/// <summary>Groups of processes under real launchers; skipped where there is none.</summary>
public class MpiProcessGroupTests
{
    public static TheoryData<string> Launchers => MpiLauncher.Names;

    [SkippableTheory]
    [MemberData(nameof(Launchers))]
    public void Ranks_sum_share_and_wait(string launcher)
    {
        string[] lines = MpiLauncher.Require(launcher).Run(3, SumAndShare).Succeeded();
        Assert.Equal(["rank 0 of 3: all right", "rank 1 of 3: all right", "rank 2 of 3: all right"], lines);
    }

    private static void SumAndShare(string _)
    {
        using IProcessGroup group = ProcessGroup.Join();
        GroupContract.SumAndShare(group, 1_500_007); // more than a bucket
        int rank = group.Rank;

        // MPI must not have taken the signals by which .NET notices this.
        string? nothing = rank < 0 ? "" : null;
        Assert.Throws<NullReferenceException>(() => nothing!.Length);
        Console.Out.WriteLine($"rank {rank} of {group.Size}: all right");
        group.Leave(0);
    }

    [SkippableTheory]
    [MemberData(nameof(Launchers))]
    public void A_rank_0_that_stalls_in_what_it_does_alone_is_named_where_that_has_a_limit(string launcher)
    {
        MpiLauncher.LaunchResult result = MpiLauncher.Require(launcher).Run(2, StallAtRankZero, "", ("ELECTRA_MPI_TIMEOUT", "3"));
        Assert.NotEqual(0, result.ExitCode);
        Assert.Equal([$"rank 1: Waited for 3 seconds in vain for rank 0 on {Environment.MachineName}: it has stalled or is lost, and nobody can go on."], result.Lines);
    }

    private static void StallAtRankZero(string _)
    {
        IProcessGroup group = ProcessGroup.Join();
        try
        {
            group.AtRankZero(
                () =>
                {
                    Thread.Sleep(Timeout.Infinite);
                    return true;
                });
        }
        catch (ProcessGroupException lost)
        {
            Console.Out.WriteLine($"rank {group.Rank}: {lost.Message}");
            Leave(group, 1);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Launchers))]
    public void A_rank_that_leaves_with_an_error_takes_the_others_along(string launcher)
    {
        MpiLauncher.LaunchResult result = MpiLauncher.Require(launcher).Run(3, LeaveEarly);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Equal(["rank 0: Rank 1 has left with exit code 3.", "rank 2: Rank 1 has left with exit code 3."], result.Lines);
        Assert.InRange(result.Time, TimeSpan.Zero, TimeSpan.FromSeconds(45));
    }

    private static void LeaveEarly(string _)
    {
        IProcessGroup group = ProcessGroup.Join();
        if (group.Rank == 1) Leave(group, 3);
        WaitInVain(group);
    }

    [SkippableTheory]
    [MemberData(nameof(Launchers))]
    public void A_rank_that_stalls_is_named_by_those_who_wait(string launcher)
    {
        MpiLauncher.LaunchResult result = MpiLauncher.Require(launcher).Run(3, Stall, "", ("ELECTRA_MPI_TIMEOUT", "3"));
        Assert.NotEqual(0, result.ExitCode);
        string because = $"Waited for 3 seconds in vain for rank 1 on {Environment.MachineName}: it has stalled or is lost, and nobody can go on.";
        Assert.Equal([$"rank 0: {because}", $"rank 2: {because}"], result.Lines);
        Assert.InRange(result.Time, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(60));
    }

    private static void Stall(string _)
    {
        IProcessGroup group = ProcessGroup.Join();
        if (group.Rank == 1) Thread.Sleep(Timeout.Infinite);
        if (group.Rank == 2) Thread.Sleep(1500); // comes late, but is no culprit
        WaitInVain(group);
    }

    [SkippableTheory]
    [MemberData(nameof(Launchers))]
    public void A_rank_that_is_killed_ends_the_others(string launcher)
    {
        MpiLauncher.LaunchResult result = MpiLauncher.Require(launcher).Run(3, Die);
        Assert.NotEqual(0, result.ExitCode);
        Assert.InRange(result.Time, TimeSpan.Zero, TimeSpan.FromSeconds(45));
    }

    private static void Die(string _)
    {
        IProcessGroup group = ProcessGroup.Join();
        if (group.Rank == 1) System.Diagnostics.Process.GetCurrentProcess().Kill();
        WaitInVain(group);
    }

    [SkippableFact]
    public void A_library_of_another_launcher_is_refused()
    {
        MpiLauncher openMpi = MpiLauncher.Require(MpiLauncher.OpenMpi);
        _ = MpiLauncher.Require(MpiLauncher.Mpich);
        MpiLauncher.LaunchResult result = openMpi.Run(2, Refused, "", ("ELECTRA_MPI_LIB", "libmpich.so.12"));
        Assert.Equal(2, result.Lines.Length);
        Assert.All(result.Lines, line => Assert.Matches(
            @"^Open MPI \(OMPI_COMM_WORLD_RANK=[01], OMPI_COMM_WORLD_SIZE=2\) started 2 processes, .* the MPI library libmpich.so.12 \(MPICH Version.*\) sees 1 ", line));
    }

    [Fact]
    public void A_library_that_is_not_there_is_named()
    {
        string[] lines = Support.ChildProgram.Run(Refused, "", ("PMI_RANK", "0"), ("PMI_SIZE", "2"), ("ELECTRA_MPI_LIB", "/nowhere/libmpi.so"));
        Assert.Single(lines);
        Assert.Contains("/nowhere/libmpi.so", lines[0], StringComparison.Ordinal);
        Assert.Contains("ELECTRA_MPI_LIB", lines[0], StringComparison.Ordinal);
    }

    private static void Refused(string _)
    {
        Exception refused = Record.Exception(() => ProcessGroup.Join())!;
        Assert.True(refused is InvalidDataException or DllNotFoundException);
        Console.Out.WriteLine(refused.Message.ReplaceLineEndings(" "));
    }

    private static void WaitInVain(IProcessGroup group)
    {
        int rank = group.Rank;
        ProcessGroupException lost = Assert.Throws<ProcessGroupException>(() => group.AllReduceSum(new double[1]));
        Assert.Equal([1], lost.Ranks);
        Console.Out.WriteLine($"rank {rank}: {lost.Message}");
        Leave(group, 1);
    }

    private static void Leave(IProcessGroup group, int exitCode)
    {
        group.Leave(exitCode);
        Environment.Exit(exitCode);
    }
}

using Electra.Distributed;
using Electra.Tests.Support;

namespace Electra.Tests.Distributed;

/// <summary>Ranks that work for themselves and watch one another.</summary>
public class HeartbeatTests
{
    public static TheoryData<string> Launchers => MpiLauncher.Names;

    [Fact]
    public void One_process_alone_just_works()
    {
        using var group = new SingleProcessGroup();
        using var stop = new CancellationTokenSource();
        Assert.Equal(3, Heartbeat.Run(group, _ => 3));
        Assert.Equal("a", Heartbeat.AtRankZero(group, _ => "a"));
        Assert.Throws<IOException>(() => Heartbeat.Run<int>(group, _ => throw new IOException()));
        Heartbeat.Run(group, heartbeat =>
        {
            heartbeat.Beat();
            stop.Cancel();
            return heartbeat.Stop.IsCancellationRequested ? true : throw new InvalidOperationException();
        }, stop.Token);
        using var folder = new TemporaryFolder();
        folder.Write("shared/old.txt", "");
        SharedFolder.Create(group, folder.File("shared"));
        Assert.Empty(Directory.GetFileSystemEntries(folder.File("shared")));
    }

    [SkippableTheory]
    [MemberData(nameof(Launchers))]
    public void Slow_work_is_waited_for_failures_and_stops_reach_all_and_a_standstill_is_named(string launcher)
    {
        using var folder = new TemporaryFolder();
        MpiLauncher.LaunchResult result = MpiLauncher.Require(launcher).Run(3, Work, folder.FullPath, ("ELECTRA_MPI_TIMEOUT", "3"), ChildProgram.Bare);
        Assert.NotEqual(0, result.ExitCode);
        string because = $"Waited for 3 seconds in vain for rank 0 on {Environment.MachineName}: it has stalled or is lost, and nobody can go on.";
        Assert.Equal([$"rank 1: {because}", $"rank 2: {because}"], result.Lines);
        Assert.InRange(result.Time, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(90));
    }

    private static void Work(string folder)
    {
        IProcessGroup group = ProcessGroup.Join();
        try
        {
            // in all longer than anyone waits, but never still for so long
            Assert.Equal(7, Heartbeat.AtRankZero(group, heartbeat =>
            {
                for (int step = 0; step < 5; step++)
                {
                    Thread.Sleep(800);
                    heartbeat.Beat();
                }

                return 7;
            }));
            Assert.Equal(group.Rank, Heartbeat.Run(group, _ => group.Rank));
            SharedFolder.Create(group, Path.Combine(folder, "shared"));

            // one is told to stop: the others' work ends, too, but it is no failure
            using var stop = new CancellationTokenSource();
            if (group.Rank == 1) stop.Cancel();
            Assert.ThrowsAny<OperationCanceledException>(() => Heartbeat.Run(
                group,
                heartbeat =>
                {
                    while (true)
                    {
                        heartbeat.Beat();
                        if (heartbeat.Stop.WaitHandle.WaitOne(10)) heartbeat.Stop.ThrowIfCancellationRequested();
                    }
#pragma warning disable CS0162 // gives the lambda its type
                    return true;
#pragma warning restore CS0162
                },
                stop.Token));
            Heartbeat.AtRankZero(group, heartbeat =>
            {
                heartbeat.Beat();
                Thread.Sleep(Timeout.Infinite);
                return true;
            });
        }
        catch (ProcessGroupException lost)
        {
            Console.Out.WriteLine($"rank {group.Rank}: {lost.Message}");
            group.Leave(1);
            Environment.Exit(1);
        }
    }

    [SkippableFact]
    public void Of_several_that_fail_the_first_tells_and_all_leave_with_its_exit_code()
    {
        using var folder = new TemporaryFolder();
        MpiLauncher.LaunchResult result = MpiLauncher.RequireAny().Run(3, Fail, folder.FullPath, ChildProgram.Bare);
        Assert.Equal(5, result.ExitCode);
        Assert.Equal(2, result.Lines.Length);
        Assert.Equal("rank 0: 5", result.Lines[0]);
        Assert.StartsWith($"rank 1: '{folder.File("1")}' on {Environment.MachineName} is not the folder that rank 0 has made", result.Lines[1], StringComparison.Ordinal);
    }

    // The folders of ranks 1 and 2 are not that of rank 0.
    private static void Fail(string folder)
    {
        IProcessGroup group = ProcessGroup.Join();
        int code = 5;
        try
        {
            SharedFolder.Create(group, Path.Combine(folder, $"{group.Rank}"), TimeSpan.FromSeconds(0.5));
        }
        catch (IOException error)
        {
            Console.Out.WriteLine($"rank {group.Rank}: {error.Message}");
        }
        catch (ProcessGroupException error)
        {
            Assert.True(error.WasReported);
            Assert.Equal([1], error.Ranks);
            code = error.ExitCode!.Value;
            if (group.Rank == 0) Console.Out.WriteLine($"rank 0: {code}");
        }

        group.Leave(code);
        Environment.Exit(code);
    }
}

using System.Diagnostics;
using System.Runtime.InteropServices;
using Electra.Distributed;
using Electra.Tests.Support;
using static TorchSharp.torch;

namespace Electra.Tests.Distributed;

/// <summary>Groups over NCCL's functions, of which a stand-in works on host memory.</summary>
public class NcclProcessGroupTests
{
    [Fact]
    public void Ranks_sum_share_and_wait()
    {
        var nccl = new NcclStandIn(3);
        RankThreads.Run(nccl, 3, group =>
        {
            GroupContract.SumAndShare(group, 20_011);
            Assert.Equal(Enumerable.Repeat(Environment.MachineName, 3), group.Hosts);
            Assert.Equal("NCCL 2.27.3 (a stand-in)", group.Library);
            group.Leave(0);
        });
        Assert.Equal((0, 3), (nccl.Aborted, nccl.Destroyed));
    }

    [Fact]
    public void Ids_may_travel_over_another_group()
    {
        NcclStandIn outer = new(2), inner = new(2);
        RankThreads.Run(outer, 2, group =>
        {
            using (NcclConnection own = NcclConnection.Over(inner.Library, CPU, group, TimeSpan.FromSeconds(30)))
            using (Tensor values = full(3, group.Rank + 1, ScalarType.Float32))
            {
                own.AllReduceSum(values);
                Assert.Equal([3, 3, 3], values.data<float>().ToArray());
                own.Leave(isAborted: false);
            }

            group.Leave(0);
        });
        Assert.Equal((0, 2), (inner.Aborted, inner.Destroyed));
    }

    [Fact]
    public void Who_waits_too_long_is_freed_and_learns_why()
    {
        var nccl = new NcclStandIn(2);
        RankThreads.Run(nccl, 2, group =>
        {
            group.Barrier();
            if (group.Rank == 1) return; // stalls: it says no more
            var clock = Stopwatch.StartNew();
            ProcessGroupException lost = Assert.Throws<ProcessGroupException>(() => group.AllReduceSum(new double[1]));
            Assert.Equal("Waited for 1 seconds in vain for the other ranks: one has stalled or is lost, and nobody can go on.", lost.Message);
            Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(20));
            Assert.Equal(lost.Message, Assert.Throws<ProcessGroupException>(() => group.Barrier()).Message); // and nothing is asked for any more
            Assert.True(nccl.HasAborted(0));
        }, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void An_error_that_NCCL_meets_later_is_named_and_ends_what_waits()
    {
        var nccl = new NcclStandIn(2);
        RankThreads.Run(nccl, 2, group =>
        {
            group.Barrier();
            if (group.Rank == 1)
            {
                nccl.AsyncError = NcclStandIn.RemoteError;
                while (nccl.Aborted == 0) Thread.Sleep(10);
                return;
            }

            while (nccl.Aborted == 0) Thread.Sleep(10); // the watch sees it without a call
            ProcessGroupException lost = Assert.Throws<ProcessGroupException>(() => group.AllReduceSum(new double[1]));
            Assert.Contains("remote process exited or there was a network error (ncclResult 6)", lost.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void What_a_call_returns_is_named_with_its_reason()
    {
        var nccl = new NcclStandIn(2);
        RankThreads.Run(nccl, 2, group =>
        {
            using Tensor values = zeros(group.Rank + 2); // ranks that sum different things
            ProcessGroupException failure = Assert.Throws<ProcessGroupException>(() => group.AllReduceSum(values));
            Assert.StartsWith("ncclAllReduce failed: another error (ncclResult 4).", failure.Message, StringComparison.Ordinal);
            group.Leave(0);
        });
        var refusing = new NcclStandIn(1) { InitError = NcclStandIn.RemoteError };
        ProcessGroupException refused = Assert.Throws<ProcessGroupException>(() => new NcclConnection(refusing.Library, CPU, 0, 1, refusing.Library.NewId(), TimeSpan.FromSeconds(5)));
        Assert.StartsWith("ncclCommInitRank failed: remote process exited", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranks_that_do_not_come_to_NCCL_are_not_waited_for_without_end()
    {
        var nccl = new NcclStandIn(2);
        ProcessGroupException lost = Assert.Throws<ProcessGroupException>(
            () => new NcclConnection(nccl.Library, CPU, 0, 2, nccl.Library.NewId(), TimeSpan.FromSeconds(0.5)));
        Assert.StartsWith("Waited for 0.5 seconds in vain for NCCL to connect the 2 ranks.", lost.Message, StringComparison.Ordinal);
        nccl.End(); // the thread that still waits
    }

    [Fact]
    public void A_host_that_does_not_come_back_is_ended()
    {
        using var ended = new ManualResetEventSlim();
        string? reason = null;
        bool isAborted = false;
        using var watch = new NcclWatch(() => null, () => isAborted = true, TimeSpan.FromSeconds(0.3), message =>
        {
            reason = message;
            ended.Set();
        });
        // The abort does not free it.
        ProcessGroupException lost = Assert.Throws<ProcessGroupException>(() => watch.WaitFor(() => ended.Wait(), TimeSpan.FromSeconds(0.3)));
        Assert.True(isAborted);
        Assert.Equal(lost.Message, reason);
    }

    [SkippableFact]
    public void A_library_that_is_not_there_is_an_error_that_says_what_was_tried()
    {
        Skip.If(NativeLibrary.TryLoad("libnccl.so.2", out _), "there is NCCL on this machine");
        string wanted = Assert.Throws<DllNotFoundException>(() => NcclLibrary.Load("/nowhere/libnccl.so", 0)).Message;
        Assert.Contains("/nowhere/libnccl.so", wanted, StringComparison.Ordinal);
        Assert.DoesNotContain("libtorch_cuda: ", wanted, StringComparison.Ordinal);
        string any = Assert.Throws<DllNotFoundException>(() => NcclLibrary.Load(null, 0)).Message;
        foreach (string tried in (string[])["libtorch_cuda: not loaded", "libnccl.so.2", "ELECTRA_NCCL_LIB"]) Assert.Contains(tried, any, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Torchrun_without_a_gpu_is_refused_and_told_of_MPI()
    {
        Skip.If(NativeLibrary.TryLoad("libcuda.so.1", out _), "there is a GPU's driver on this machine");
        string[] lines = ChildProgram.Run(Join, "", ("RANK", "1"), ("WORLD_SIZE", "4"), ("MASTER_ADDR", "localhost"), ("MASTER_PORT", "29500"));
        Assert.StartsWith("torchrun or Kubeflow (RANK=1, WORLD_SIZE=4) started 4 processes, of which this is number 1, but this machine has no GPU", Assert.Single(lines), StringComparison.Ordinal);
        Assert.Contains("On CPUs gradients go over MPI: start the program with mpirun", lines[0], StringComparison.Ordinal);
        Assert.Contains("MASTER_ADDR", Assert.Single(ChildProgram.Run(Join, "", ("RANK", "1"), ("WORLD_SIZE", "4"), ("MASTER_ADDR", ""))), StringComparison.Ordinal);
    }

    private static void Join(string _) => Console.Out.WriteLine(Assert.Throws<InvalidDataException>(() => ProcessGroup.Join()).Message.ReplaceLineEndings(" "));
}

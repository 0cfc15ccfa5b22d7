using System.Net;
using System.Net.Sockets;
using Electra.Distributed;

namespace Electra.Tests.Distributed;

/// <summary>Ranks that are threads of this process, and meet over loopback.</summary>
internal static class RankThreads
{
    /// <summary>What a launcher would say of a rank.</summary>
    public static LaunchedProcess Process(int rank, int size) => new("torchrun or Kubeflow, in a test", rank, size, rank, size);

    /// <summary>A place at which nobody listens.</summary>
    public static MeetingPoint FreePlace(string run = "")
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new MeetingPoint("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, run);
    }

    /// <summary>A group over a stand-in, whose tensors are on the CPU.</summary>
    public static NcclProcessGroup Group(NcclStandIn nccl, MeetingPoint place, int rank, int size, TimeSpan? timeout = null) =>
        new(Process(rank, size), () => NcclProcessGroup.Meet(Process(rank, size), place, nccl.Library, TorchSharp.torch.CPU, timeout ?? TimeSpan.FromSeconds(30)));

    /// <summary>Runs the same on each rank, with a group of all, and throws what the first of them threw.</summary>
    public static void Run(NcclStandIn nccl, int size, Action<NcclProcessGroup> program, TimeSpan? timeout = null)
    {
        MeetingPoint place = FreePlace();
        Run(size, rank =>
        {
            using NcclProcessGroup group = Group(nccl, place, rank, size, timeout);
            program(group);
        });
    }

    /// <summary>The same without groups.</summary>
    public static void Run(int size, Action<int> program)
    {
        var failures = new Exception?[size];
        Thread[] ranks = [.. Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            NcclStandIn.RankOf.Value = rank;
            failures[rank] = Record.Exception(() => program(rank));
        }))];
        foreach (Thread rank in ranks) rank.Start();
        foreach (Thread rank in ranks) rank.Join();
        if (failures.OfType<Exception>().FirstOrDefault() is { } failure) throw new AggregateException(failure);
    }
}

using System.Net.Sockets;
using Electra.Distributed;

namespace Electra.Tests.Distributed;

/// <summary>How ranks find each other that torchrun or Kubeflow started.</summary>
public class IdExchangeTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30), Short = TimeSpan.FromSeconds(1);
    private static readonly byte[] Id = [.. Enumerable.Range(0, NcclUniqueId.Length).Select(i => (byte)i)];

    [Fact]
    public void All_ranks_get_the_bytes_of_rank_0_whoever_comes_first()
    {
        MeetingPoint place = RankThreads.FreePlace("a run");
        RankThreads.Run(4, rank =>
        {
            var exchange = new IdExchange(place, 4, Long);
            if (rank != 0)
            {
                Assert.Equal(Id, exchange.Ask(rank, Id.Length));
                return;
            }

            Thread.Sleep(300); // nobody listens yet
            exchange.Give(Id);
        });
        Assert.Equal(Id, NcclUniqueId.Of(Id).ToArray());
    }

    [Fact]
    public void Who_says_something_else_or_nothing_keeps_nobody_waiting_and_learns_nothing()
    {
        MeetingPoint place = RankThreads.FreePlace();
        RankThreads.Run(2, rank =>
        {
            var exchange = new IdExchange(place, 2, Long);
            if (rank == 0)
            {
                exchange.Give(Id);
                return;
            }

            using TcpClient silent = Connect(place), stranger = Connect(place);
            stranger.GetStream().Write("GET / HTTP/1.1\r\n\r\n"u8);
            Assert.Equal(0, ReadToEnd(stranger));
            Assert.Equal(Id, exchange.Ask(1, Id.Length));
        });
    }

    [Theory]
    [InlineData(3, "a run", 1, "it is one of 3 ranks (WORLD_SIZE), but this run has 2.")]
    [InlineData(2, "another", 1, "it belongs to the run 'another' (TORCHELASTIC_RUN_ID), but this one is 'a run'.")]
    [InlineData(2, "a run", 0, "there is a rank 0 already.")]
    public void A_wrong_hello_is_refused_with_the_reason(int size, string run, int number, string reason)
    {
        MeetingPoint place = RankThreads.FreePlace("a run");
        RankThreads.Run(2, rank =>
        {
            if (rank == 0)
            {
                ProcessGroupException lost = Assert.Throws<ProcessGroupException>(() => new IdExchange(place, 2, TimeSpan.FromSeconds(2)).Give(Id));
                Assert.Equal([1], lost.Ranks);
                Assert.Contains(reason, lost.Message, StringComparison.Ordinal);
                return;
            }

            var exchange = new IdExchange(place with { Run = run }, size, Long);
            Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => exchange.Ask(number, Id.Length)).Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Ranks_that_do_not_come_are_named()
    {
        MeetingPoint place = RankThreads.FreePlace();
        RankThreads.Run(2, rank =>
        {
            var exchange = new IdExchange(place, 5, rank == 0 ? TimeSpan.FromSeconds(2) : Long);
            if (rank == 0)
            {
                ProcessGroupException lost = Assert.Throws<ProcessGroupException>(() => exchange.Give(Id));
                Assert.Equal([1, 3, 4], lost.Ranks);
                Assert.Equal($"Waited for 2 seconds in vain for rank 1, 3, 4, which did not come to {place}.", lost.Message);
                return;
            }

            Assert.Equal(Id, exchange.Ask(2, Id.Length));
        });
    }

    [Fact]
    public void A_rank_0_that_does_not_come_is_named_with_its_place()
    {
        MeetingPoint place = RankThreads.FreePlace();
        ProcessGroupException lost = Assert.Throws<ProcessGroupException>(() => new IdExchange(place, 2, Short).Ask(1, Id.Length));
        Assert.Equal([0], lost.Ranks);
        Assert.Contains($"rank 0 at {place}", lost.Message, StringComparison.Ordinal);
        Assert.Contains("refused", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_is_taken_is_named_with_what_to_do()
    {
        using TcpListener other = TcpListener.Create(0);
        other.Start();
        var place = new MeetingPoint("localhost", ((System.Net.IPEndPoint)other.LocalEndpoint).Port, "");
        string message = Assert.Throws<IOException>(() => new IdExchange(place, 2, Short).Give(Id)).Message;
        Assert.Contains($"port {place.Port}", message, StringComparison.Ordinal);
        Assert.Contains("ELECTRA_MASTER_PORT", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MASTER_ADDR=host MASTER_PORT=29500", "host", 29500, "")]
    [InlineData("MASTER_ADDR=host MASTER_PORT=29500 TORCHELASTIC_USE_AGENT_STORE=False TORCHELASTIC_RUN_ID=none", "host", 29500, "none")]
    [InlineData("MASTER_ADDR=host MASTER_PORT=29500 TORCHELASTIC_USE_AGENT_STORE=True TORCHELASTIC_RUN_ID=7", "host", 29501, "7")] // torchrun's agents have the port
    [InlineData("MASTER_ADDR=::1 MASTER_PORT=29500 TORCHELASTIC_USE_AGENT_STORE=True ELECTRA_MASTER_PORT=4000", "::1", 4000, "")]
    [InlineData("MASTER_ADDR=host ELECTRA_MASTER_PORT=4000", "host", 4000, "")]
    public void The_place_is_what_the_launcher_says(string variables, string address, int port, string run) =>
        Assert.Equal(new MeetingPoint(address, port, run), MeetingPoint.Detect(LaunchedProcessTests.Environment(variables)));

    [Theory]
    [InlineData("MASTER_PORT=29500", "MASTER_ADDR")]
    [InlineData("MASTER_ADDR=host", "MASTER_PORT is ''")]
    [InlineData("MASTER_ADDR=host MASTER_PORT=no", "MASTER_PORT is 'no'")]
    [InlineData("MASTER_ADDR=host MASTER_PORT=29500 ELECTRA_MASTER_PORT=70000", "ELECTRA_MASTER_PORT is '70000'")]
    public void A_place_that_makes_no_sense_is_an_error_that_names_the_variable(string variables, string named) =>
        Assert.Contains(named, Assert.Throws<InvalidDataException>(() => MeetingPoint.Detect(LaunchedProcessTests.Environment(variables))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(null, 3, "3")]
    [InlineData("4,5,6,7", 2, "6")]
    [InlineData("GPU-a, GPU-b", 1, "GPU-b")]
    [InlineData("7", 3, "7")] // the launcher gave each process its own
    [InlineData("0,1", 2, "")]
    [InlineData("", 0, "")]
    public void A_rank_sees_the_GPU_of_its_place_on_the_machine(string? visible, int localRank, string expected) =>
        Assert.Equal(expected, VisibleGpu.Choose(visible, localRank));

    private static TcpClient Connect(MeetingPoint place)
    {
        for (int trial = 0; ; trial++)
        {
            var client = new TcpClient();
            try
            {
                client.Connect(place.Address, place.Port);
                return client;
            }
            catch (SocketException) when (trial < 100)
            {
                client.Dispose();
                Thread.Sleep(50); // rank 0 does not listen yet
            }
        }
    }

    // Closed in peace or not, nothing comes.
    private static int ReadToEnd(TcpClient client)
    {
        try
        {
            return client.GetStream().Read(new byte[16]);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}

using System.Net.Sockets;

namespace Electra.Distributed;

/// <summary>Hands a few bytes from rank 0 to all others, over one TCP connection each.</summary>
/// <param name="place">Where.</param>
/// <param name="size">All ranks.</param>
/// <param name="timeout">How long one waits for the other.</param>
internal sealed class IdExchange(MeetingPoint place, int size, TimeSpan timeout)
{
    /// <summary>How long the two of a connection may be silent.</summary>
    public static readonly TimeSpan OneTalk = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Rank 0's part: waits until all others have the bytes.</summary>
    /// <param name="given">Them.</param>
    /// <exception cref="ProcessGroupException">Ranks did not come in time; names them.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public void Give(ReadOnlyMemory<byte> given)
    {
        using var host = new IdHost(place, size, given);
        host.RunAsync(timeout).GetAwaiter().GetResult();
    }

    /// <summary>Another rank's part: asks until rank 0 answers.</summary>
    /// <param name="rank">Which.</param>
    /// <param name="count">How many bytes.</param>
    /// <exception cref="ProcessGroupException">It did not answer in time.</exception>
    /// <exception cref="InvalidDataException">It answered that this is no rank of its run; says why.</exception>
    public byte[] Ask(int rank, int count) => AskAsync(rank, count).GetAwaiter().GetResult();

    private async Task<byte[]> AskAsync(int rank, int count)
    {
        using var over = new CancellationTokenSource(timeout);
        string fault = "it does not answer";
        while (!over.IsCancellationRequested)
        {
            try
            {
                return await TalkAsync(rank, count, over.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                fault = exception.Message; // it may not listen yet, or not have a name yet
            }
            catch (OperationCanceledException)
            {
                if (!over.IsCancellationRequested) fault = "it does not answer";
            }

            await Task.WhenAny(Task.Delay(Pause, over.Token)).ConfigureAwait(false);
        }

        throw new ProcessGroupException(
            $"Waited for {timeout.TotalSeconds:0.#} seconds in vain for rank 0 at {place}, where the launcher says it is: {fault}. (ELECTRA_MASTER_PORT names another port, on all ranks.)", [0]);
    }

    private async Task<byte[]> TalkAsync(int rank, int count, CancellationToken over)
    {
        using var talk = CancellationTokenSource.CreateLinkedTokenSource(over);
        talk.CancelAfter(OneTalk);
        using var client = new TcpClient();
        await client.ConnectAsync(place.Address, place.Port, talk.Token).ConfigureAwait(false);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(new RankHello(size, rank, place.Run).ToArray(), talk.Token).ConfigureAwait(false);
        string refusal = await RankHello.ReadTextAsync(stream, talk.Token).ConfigureAwait(false);
        if (refusal.Length > 0) throw new InvalidDataException($"Rank 0 at {place} refuses this process: {refusal}");
        byte[] given = new byte[count];
        await stream.ReadExactlyAsync(given, talk.Token).ConfigureAwait(false);
        return given;
    }
}

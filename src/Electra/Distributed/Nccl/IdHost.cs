using System.Net.Sockets;

namespace Electra.Distributed;

/// <summary>
/// Rank 0 as it hands out bytes to all others. It talks with many at a time, so that who says nothing keeps nobody waiting. Who does not say hello gets no
/// answer; who says a wrong one is told why it gets no bytes.
/// </summary>
/// <param name="place">Where it listens.</param>
/// <param name="size">All ranks.</param>
/// <param name="given">The bytes.</param>
internal sealed class IdHost(MeetingPoint place, int size, ReadOnlyMemory<byte> given) : IDisposable
{
    private const int NamedRefusals = 3;

    private readonly SortedSet<int> _missing = [.. Enumerable.Range(1, size - 1)];
    private readonly SortedSet<string> _refused = [];
    private readonly CancellationTokenSource _done = new();

    private bool IsWaiting
    {
        get
        {
            lock (_missing) return _missing.Count > 0;
        }
    }

    /// <summary>Waits until all others have the bytes.</summary>
    /// <param name="timeout">How long.</param>
    /// <exception cref="ProcessGroupException">Ranks did not come in time; names them.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public async Task RunAsync(TimeSpan timeout)
    {
        using var over = new CancellationTokenSource(timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, _done.Token);
        using TcpListener listener = Listen();
        var talks = new List<Task>();
        try
        {
            while (IsWaiting) talks.Add(TalkAsync(await listener.AcceptTcpClientAsync(either.Token).ConfigureAwait(false), either.Token));
        }
        catch (OperationCanceledException)
        {
            // all have come, or the time is over
        }

        await Task.WhenAll(talks).ConfigureAwait(false);
        if (IsWaiting) throw Missing(timeout);
    }

    /// <inheritdoc/>
    public void Dispose() => _done.Dispose();

    private TcpListener Listen()
    {
        TcpListener listener = TcpListener.Create(place.Port);
        try
        {
            listener.Start(Math.Max(128, size));
            return listener;
        }
        catch (SocketException exception)
        {
            listener.Dispose();
            throw new IOException($"Rank 0 can't listen at port {place.Port} for the other ranks: {exception.Message}. Set ELECTRA_MASTER_PORT to a free one, on all ranks.", exception);
        }
    }

    private async Task TalkAsync(TcpClient client, CancellationToken over)
    {
        using TcpClient owned = client;
        using var talk = CancellationTokenSource.CreateLinkedTokenSource(over);
        talk.CancelAfter(IdExchange.OneTalk);
        try
        {
            NetworkStream stream = client.GetStream();
            if (await RankHello.ReadAsync(stream, talk.Token).ConfigureAwait(false) is not { } hello) return;
            string? refusal = Refusal(hello);
            await stream.WriteAsync(Answer(refusal), talk.Token).ConfigureAwait(false);
            if (IsLast(hello.Rank, refusal)) await _done.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // whoever it was is gone; a rank comes again
        }
    }

    private byte[] Answer(string? refusal) => refusal is null ? [.. RankHello.Bytes(""), .. given.Span] : RankHello.Bytes(refusal);

    private string? Refusal(RankHello hello)
    {
        if (hello.Size != size) return $"it is one of {hello.Size} ranks (WORLD_SIZE), but this run has {size}.";
        if (hello.Run != place.Run) return $"it belongs to the run '{hello.Run}' (TORCHELASTIC_RUN_ID), but this one is '{place.Run}'.";
        lock (_missing) return _missing.Contains(hello.Rank) ? null : $"there is a rank {hello.Rank} already.";
    }

    private bool IsLast(int rank, string? refusal)
    {
        lock (_missing)
        {
            if (refusal is null) return _missing.Remove(rank) && _missing.Count == 0;
            _refused.Add(refusal);
            return false;
        }
    }

    private ProcessGroupException Missing(TimeSpan timeout)
    {
        string refused = _refused.Count == 0 ? "" : $" Others were refused: {string.Join(" ", _refused.Take(NamedRefusals))}";
        return new ProcessGroupException(
            $"Waited for {timeout.TotalSeconds:0.#} seconds in vain for rank {string.Join(", ", _missing)}, which did not come to {place}.{refused}", [.. _missing]);
    }
}

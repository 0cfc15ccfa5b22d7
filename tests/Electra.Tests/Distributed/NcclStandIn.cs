using System.Runtime.InteropServices;
using Electra.Distributed;

namespace Electra.Tests.Distributed;

/// <summary>
/// NCCL's C functions for ranks that are threads of this process, on host memory: each call waits for the same call of all ranks, and one of them makes it for
/// all. Ranks that ask for different things get ncclInvalidArgument.
/// </summary>
internal sealed unsafe class NcclStandIn
{
    public const int InternalError = 3, InvalidArgument = 4, RemoteError = 6;

    private const int BFloat16 = 9;

    [ThreadStatic]
    private static List<Transfer>? _grouped; // of a rank, which is a thread

    private readonly object _gate = new();
    private readonly int _size;
    private readonly Asked?[] _asked;
    private readonly byte[] _id = new byte[NcclUniqueId.Length];
    private readonly List<Delegate> _functions = []; // alive as long as their addresses
    private readonly HashSet<nint> _aborted = [];
    private int _arrived, _round, _result;
    private bool _isOver;

    public NcclStandIn(int size)
    {
        (_size, _asked) = (size, new Asked?[size]);
        Random.Shared.NextBytes(_id);
        Library = new NcclLibrary("a stand-in", name => name switch
        {
            "ncclGetVersion" => Of<GetVersionFunction>(version => Give(version, 22_703)),
            "ncclGetUniqueId" => Of<GetUniqueIdFunction>(GetUniqueId),
            "ncclCommInitRank" => Of<CommInitRankFunction>(CommInitRank),
            "ncclCommAbort" => Of<CommFunction>(Abort),
            "ncclCommDestroy" => Of<CommFunction>(_ => Count(ref Destroyed)),
            "ncclCommGetAsyncError" => Of<AsyncErrorFunction>((_, error) => Give(error, AsyncError)),
            "ncclAllReduce" => Of<ReduceFunction>((from, to, count, type, operation, comm, _) => Meet(comm, new Asked($"sum {operation} of {count} x {type}", () => Sum(count, type), from, to))),
            "ncclBroadcast" => Of<ReduceFunction>((from, to, count, type, root, comm, _) => Meet(comm, new Asked($"{count} x {type} of {root}", () => Broadcast(count, root), from, to))),
            "ncclAllGather" => Of<GatherFunction>((from, to, count, type, comm, _) => Meet(comm, new Asked($"gather {count} x {type}", () => Gather(count), from, to))),
            "ncclSend" => Of<SendFunction>((data, count, type, peer, _, _) => Add(new Transfer(IsSent: true, data, count, type, peer))),
            "ncclRecv" => Of<SendFunction>((data, count, type, peer, _, _) => Add(new Transfer(IsSent: false, data, count, type, peer))),
            "ncclGroupStart" => Of<PlainFunction>(() => Give(() => _grouped = [])),
            "ncclGroupEnd" => Of<PlainFunction>(EndGroup),
            "ncclGetErrorString" => Of<TextFunction>(code => code == RemoteError ? RemoteErrorText : OtherErrorText),
            _ => throw new EntryPointNotFoundException(name),
        });
    }

    /// <summary>What the library calls.</summary>
    public NcclLibrary Library { get; }

    /// <summary>What ncclCommGetAsyncError says.</summary>
    public int AsyncError { get; set; }

    /// <summary>What ncclCommInitRank returns.</summary>
    public int InitError { get; set; }

    /// <summary>How many communicators were destroyed.</summary>
    public int Destroyed;

    /// <summary>How many were aborted.</summary>
    public int Aborted
    {
        get
        {
            lock (_gate) return _aborted.Count;
        }
    }

    /// <summary>Whether a rank has aborted its own.</summary>
    public bool HasAborted(int rank)
    {
        lock (_gate) return _aborted.Contains(rank + 1);
    }

    private static nint RemoteErrorText { get; } = Marshal.StringToCoTaskMemUTF8("remote process exited or there was a network error");

    private static nint OtherErrorText { get; } = Marshal.StringToCoTaskMemUTF8("another error");

    private nint Of<T>(T function)
        where T : Delegate
    {
        _functions.Add(function);
        return Marshal.GetFunctionPointerForDelegate(function);
    }

    private int GetUniqueId(byte* id)
    {
        _id.CopyTo(new Span<byte>(id, _id.Length));
        return 0;
    }

    // A communicator is the rank, from 1.
    private int CommInitRank(nint* comm, int size, NcclUniqueId id, int rank)
    {
        if (InitError != 0) return InitError;
        if (size != _size || !id.ToArray().AsSpan().SequenceEqual(_id)) return InvalidArgument;
        *comm = rank + 1;
        return Meet(rank + 1, new Asked("begin", () => { }, 0, 0));
    }

    /// <summary>Frees all who wait.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
            Monitor.PulseAll(_gate);
        }
    }

    // Frees the rank that aborts, and no other.
    private int Abort(nint comm)
    {
        lock (_gate)
        {
            _aborted.Add(comm);
            Monitor.PulseAll(_gate);
            return 0;
        }
    }

    private int Meet(nint comm, Asked asked)
    {
        lock (_gate)
        {
            if (IsOver()) return InternalError;
            int round = _round;
            _asked[comm - 1] = asked;
            if (++_arrived == _size)
            {
                _result = _asked.All(other => other!.What == asked.What) ? 0 : InvalidArgument;
                if (_result == 0) asked.Make();
                (_arrived, _round) = (0, _round + 1);
                Monitor.PulseAll(_gate);
                return _result;
            }

            while (_round == round && !IsOver()) Monitor.Wait(_gate);
            return _round == round ? InternalError : _result;
        }

        bool IsOver() => _isOver || _aborted.Contains(comm);
    }

    private void Sum(nuint count, int type)
    {
        switch (type)
        {
            case 7: Sum<float>((int)count); break;
            case 8: Sum<double>((int)count); break;
            case 4: Sum<long>((int)count); break;
            default: throw new InvalidOperationException($"type {type}");
        }
    }

    private void Sum<T>(int count)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        var sums = new T[count];
        foreach (Asked? asked in _asked)
        {
            var values = (T*)asked!.From;
            for (int i = 0; i < count; i++) sums[i] += values[i];
        }

        foreach (Asked? asked in _asked) sums.CopyTo(new Span<T>((void*)asked!.To, count));
    }

    private void Broadcast(nuint count, int root)
    {
        byte[] values = new Span<byte>((void*)_asked[root]!.From, (int)count).ToArray();
        foreach (Asked? asked in _asked) values.CopyTo(new Span<byte>((void*)asked!.To, (int)count));
    }

    private void Gather(nuint count)
    {
        int length = (int)count * sizeof(ushort);
        foreach (Asked? asked in _asked)
            for (int rank = 0; rank < _size; rank++) Copy(_asked[rank]!.From, asked!.To + (rank * length), length);
    }

    private int Add(Transfer transfer)
    {
        if (transfer.Type != BFloat16 || _grouped is not { } grouped) return InvalidArgument;
        grouped.Add(transfer);
        return 0;
    }

    private int EndGroup()
    {
        List<Transfer> own = _grouped!;
        _grouped = null;
        int rank = RankOf.Value;
        return Meet(rank + 1, new Asked("exchange", Exchange, 0, 0) { Transfers = own });
    }

    /// <summary>The rank of the calling thread, which ncclGroupEnd is not told.</summary>
    public static ThreadLocal<int> RankOf { get; } = new();

    private void Exchange()
    {
        for (int from = 0; from < _size; from++)
        {
            foreach (Transfer sent in _asked[from]!.Transfers.Where(transfer => transfer.IsSent))
            {
                Transfer received = _asked[sent.Peer]!.Transfers.Single(transfer => !transfer.IsSent && transfer.Peer == from && transfer.Count == sent.Count);
                Copy(sent.Data, received.Data, (int)sent.Count * sizeof(ushort));
            }
        }
    }

    private static void Copy(nint from, nint to, int length) => new Span<byte>((void*)from, length).CopyTo(new Span<byte>((void*)to, length));

    private static int Count(ref int counter)
    {
        Interlocked.Increment(ref counter);
        return 0;
    }

    private static int Give(int* where, int value)
    {
        *where = value;
        return 0;
    }

    private static int Give(Action action)
    {
        action();
        return 0;
    }

    private delegate int GetVersionFunction(int* version);

    private delegate int GetUniqueIdFunction(byte* id);

    private delegate int CommInitRankFunction(nint* comm, int size, NcclUniqueId id, int rank);

    private delegate int CommFunction(nint comm);

    private delegate int AsyncErrorFunction(nint comm, int* error);

    private delegate int ReduceFunction(nint from, nint to, nuint count, int type, int operation, nint comm, nint stream);

    private delegate int GatherFunction(nint from, nint to, nuint count, int type, nint comm, nint stream);

    private delegate int SendFunction(nint data, nuint count, int type, int peer, nint comm, nint stream);

    private delegate int PlainFunction();

    private delegate nint TextFunction(int code);

    private sealed record Asked(string What, Action Make, nint From, nint To)
    {
        public List<Transfer> Transfers { get; init; } = [];
    }

    private sealed record Transfer(bool IsSent, nint Data, nuint Count, int Type, int Peer);
}

using System.Runtime.InteropServices;

namespace Electra.Distributed;

/// <summary>
/// The one word that each process tells each other beside the collective calls, on a communicator of its own: that it leaves and how, or that it has
/// waited too long. So who waits in vain learns why, and who does not answer is known by that.
/// </summary>
internal sealed unsafe class MpiNotices
{
    /// <summary>The word of a process that has waited too long; others are exit codes.</summary>
    public const int WaitsTooLong = -1;

    private readonly MpiLibrary _mpi;
    private readonly int _rank, _size;
    private readonly nint _communicator;
    private readonly int* _words; // what was received from each, and behind them what is sent; freed with the process, since MPI may write to it until then
    private readonly nint* _requests; // of receiving from each, and behind them of sending
    private readonly bool[] _heard;

    /// <summary>Begins to listen.</summary>
    public MpiNotices(MpiLibrary mpi, int rank, int size)
    {
        (_mpi, _rank, _size, _heard) = (mpi, rank, size, new bool[size]);
        nint communicator = 0;
        MpiCalls.Check(_mpi.CommDup(_mpi.Handles.World, &communicator), "MPI_Comm_dup");
        _communicator = communicator;
        _words = (int*)NativeMemory.AllocZeroed((nuint)size + 1, sizeof(int));
        _requests = (nint*)NativeMemory.AllocZeroed((nuint)size * 2, (nuint)sizeof(nint));
        _heard[rank] = true;
        foreach (int peer in Peers) MpiCalls.Check(_mpi.Receive(_words + peer, sizeof(int), _mpi.Handles.Byte, peer, 0, _communicator, _requests + peer), "MPI_Irecv");
    }

    /// <summary>Whether this process has told its word.</summary>
    public bool HasTold { get; private set; }

    /// <summary>Those that have told nothing.</summary>
    public int[] Silent => [.. Peers.Where(peer => !_heard[peer])];

    private IEnumerable<int> Peers => Enumerable.Range(0, _size).Where(peer => peer != _rank);

    /// <summary>Tells all others; the first time only.</summary>
    public void Tell(int word)
    {
        if (HasTold) return;
        HasTold = true;
        _words[_size] = word;
        foreach (int peer in Peers)
            MpiCalls.Check(_mpi.Send(_words + _size, sizeof(int), _mpi.Handles.Byte, peer, 0, _communicator, _requests + _size + peer), "MPI_Isend");
    }

    /// <summary>Looks for words that came; gives one that says more than that its process left after all went well.</summary>
    public (int Rank, int Word)? Look()
    {
        (int, int)? found = null;
        foreach (int peer in Peers)
        {
            if (!_heard[peer]) _heard[peer] = MpiCalls.IsDone(_mpi, _requests + peer);
            if (_heard[peer] && _words[peer] != 0) found ??= (peer, _words[peer]);
        }

        return found;
    }

    /// <summary>Waits until all others have told something.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <returns>Whether they have.</returns>
    public bool WaitForAll(TimeSpan timeout)
    {
        var clock = new MpiClock(timeout);
        do
        {
            _ = Look();
            if (Silent.Length == 0) return true;
        }
        while (clock.Pause());
        return false;
    }
}

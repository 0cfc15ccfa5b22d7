namespace Electra.Distributed;

/// <summary>A process's part in MPI. Every method is for the one thread that calls MPI.</summary>
internal sealed unsafe class MpiConnection
{
    private const int Funneled = 1; // MPI_THREAD_FUNNELED in all three interfaces: only the thread that begins calls MPI
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(10), Instant = TimeSpan.FromSeconds(1);

    private readonly MpiLibrary _mpi;
    private readonly TimeSpan _timeout;
    private readonly nint _communicator;
    private readonly MpiNotices _notices;
    private ProcessGroupException? _failure;

    /// <summary>Begins.</summary>
    /// <param name="process">What the launcher says.</param>
    /// <param name="timeout">How long others are waited for.</param>
    /// <exception cref="DllNotFoundException">There is no MPI library.</exception>
    /// <exception cref="InvalidDataException">The library knows of another number of processes than the launcher.</exception>
    public MpiConnection(LaunchedProcess process, TimeSpan timeout)
    {
        (_mpi, _timeout) = (MpiLibrary.Load(process), timeout);
        int provided = 0, rank = 0, size = 0;
        MpiCalls.Check(_mpi.InitThread(null, null, Funneled, &provided), "MPI_Init_thread");
        MpiCalls.Check(_mpi.CommRank(_mpi.Handles.World, &rank), "MPI_Comm_rank");
        MpiCalls.Check(_mpi.CommSize(_mpi.Handles.World, &size), "MPI_Comm_size");
        (Rank, Size) = (rank, size);
        if (size != process.Size || rank != process.Rank)
        {
            string library = Library;
            _ = _mpi.Finish();
            throw new InvalidDataException(
                $"{process.Launcher} started {process.Size} processes, of which this is number {process.Rank}, but the MPI library {library} sees {size} and number {rank}: "
                + "it belongs to another launcher. Start the program with the mpirun or mpiexec of that library, or set ELECTRA_MPI_LIB to the launcher's own.");
        }

        nint communicator = 0;
        MpiCalls.Check(_mpi.CommDup(_mpi.Handles.World, &communicator), "MPI_Comm_dup");
        _communicator = communicator;
        _notices = new MpiNotices(_mpi, rank, size);
    }

    /// <summary>This process, from 0.</summary>
    public int Rank { get; }

    /// <summary>All processes.</summary>
    public int Size { get; }

    /// <summary>The library, for people.</summary>
    public string Library => $"{_mpi.Name} ({_mpi.Version})";

    /// <summary>What the processes are called, for people.</summary>
    public Func<int, string> NameOf { get; set; } = rank => $"rank {rank}";

    /// <summary>The type of float32, float64 and int64 values.</summary>
    public (nint Float, nint Double, nint Int64) Types => (_mpi.Handles.Float, _mpi.Handles.Double, _mpi.Handles.Int64);

    /// <summary>Sums in place.</summary>
    public void AllReduceSum(nint data, int count, nint type)
    {
        Begin();
        nint request = 0;
        MpiCalls.Check(_mpi.AllReduce((void*)_mpi.Handles.InPlace, (void*)data, count, type, _mpi.Handles.Sum, _communicator, &request), "MPI_Iallreduce");
        Complete(&request, _timeout);
    }

    /// <summary>Sends one process's bytes to all.</summary>
    public void Broadcast(nint data, int count, int root)
    {
        Begin();
        nint request = 0;
        MpiCalls.Check(_mpi.Broadcast((void*)data, count, _mpi.Handles.Byte, root, _communicator, &request), "MPI_Ibcast");
        Complete(&request, _timeout);
    }

    /// <summary>Sends each process another part, and receives one from each.</summary>
    /// <param name="sent">The parts, by rank.</param>
    /// <param name="received">As many.</param>
    /// <param name="count">Bytes of a part.</param>
    public void AllToAll(nint sent, nint received, int count)
    {
        Begin();
        (nint request, nint type) = (0, _mpi.Handles.Byte);
        MpiCalls.Check(_mpi.AllToAll((void*)sent, count, type, (void*)received, count, type, _communicator, &request), "MPI_Ialltoall");
        Complete(&request, _timeout);
    }

    /// <summary>Sends all processes the same part, and receives one from each.</summary>
    /// <param name="sent">The part.</param>
    /// <param name="received">One of each rank.</param>
    /// <param name="count">Bytes of a part.</param>
    public void AllGather(nint sent, nint received, int count)
    {
        Begin();
        (nint request, nint type) = (0, _mpi.Handles.Byte);
        MpiCalls.Check(_mpi.AllGather((void*)sent, count, type, (void*)received, count, type, _communicator, &request), "MPI_Iallgather");
        Complete(&request, _timeout);
    }

    /// <summary>Waits for all.</summary>
    public void Barrier()
    {
        Begin();
        nint request = 0;
        MpiCalls.Check(_mpi.Barrier(_communicator, &request), "MPI_Ibarrier");
        Complete(&request, _timeout);
    }

    /// <summary>Ends MPI here when the others do so too; otherwise everywhere, this process included.</summary>
    public void Leave(int exitCode)
    {
        if (_notices.HasTold)
        {
            Thread.Sleep(Instant); // those who waited too, and are about to be ended, have time to say so
        }
        else
        {
            _notices.Tell(exitCode);
            if (_notices.WaitForAll(exitCode == 0 ? Timeout.InfiniteTimeSpan : Moment))
            {
                _ = _mpi.Finish();
                return;
            }
        }

        _ = _mpi.Abort(_mpi.Handles.World, exitCode == 0 ? 1 : exitCode);
    }

    private void Begin()
    {
        if (_failure is not null) throw new ProcessGroupException(_failure.Message, _failure.Ranks, _failure.WasReported) { ExitCode = _failure.ExitCode };
    }

    private void Complete(nint* request, TimeSpan timeout)
    {
        var clock = new MpiClock(timeout);
        while (!MpiCalls.IsDone(_mpi, request))
        {
            bool isTime = clock.Pause();
            (int Rank, int Word)? notice = clock.IsSlow ? _notices.Look() : null;
            if (notice is null && isTime) continue;
            // Who leaves may have done its part of this call before, and it is only under way.
            if (notice is (_, not MpiNotices.WaitsTooLong) && IsDoneWithin(request, Instant)) return;
            throw _failure = notice is (int peer, not MpiNotices.WaitsTooLong and int code) ? Left(peer, code) : RollCall();
        }
    }

    private bool IsDoneWithin(nint* request, TimeSpan time)
    {
        var clock = new MpiClock(time);
        while (!MpiCalls.IsDone(_mpi, request))
            if (!clock.Pause()) return false;
        return true;
    }

    private static ProcessGroupException Left(int peer, int code) => new($"Rank {peer} has left with exit code {code}.", [peer], wasReported: true) { ExitCode = code };

    // Everyone who waits says so as soon as one has waited too long; who says nothing is what they wait for.
    private ProcessGroupException RollCall()
    {
        _notices.Tell(MpiNotices.WaitsTooLong);
        _ = _notices.WaitForAll(_timeout < Moment ? _timeout : Moment);
        int[] silent = _notices.Silent;
        string who = silent.Length == 0 ? "a process, though all answer" : string.Join(", ", silent.Select(rank => NameOf(rank)));
        return new ProcessGroupException($"Waited for {_timeout.TotalSeconds:0.#} seconds in vain for {who}: it has stalled or is lost, and nobody can go on.", silent);
    }
}

using System.Runtime.InteropServices;
using System.Text;
using Electra.Native;

namespace Electra.Distributed;

/// <summary>The functions of whichever MPI library is there. Each returns 0 for success; an error within MPI ends the whole job, as MPI does by itself.</summary>
internal sealed unsafe class MpiLibrary
{
    private const string Variable = "ELECTRA_MPI_LIB";

    private static readonly string[] OpenMpiNames = ["libmpi.so.40", "libmpi.so.80"];
    private static readonly string[] MpichNames = ["libmpi_abi.so.0", "libmpich.so.12", "libmpi.so.12"];

    private MpiLibrary(string name, nint library)
    {
        Name = name;
        nint At(string function) => NativeLibrary.GetExport(library, function);
        Abi = AbiOf(library);
        Handles = MpiHandles.Of(Abi, library);
        InitThread = (delegate* unmanaged<void*, void*, int, int*, int>)At("MPI_Init_thread");
        Finish = (delegate* unmanaged<int>)At("MPI_Finalize");
        Abort = (delegate* unmanaged<nint, int, int>)At("MPI_Abort");
        CommRank = (delegate* unmanaged<nint, int*, int>)At("MPI_Comm_rank");
        CommSize = (delegate* unmanaged<nint, int*, int>)At("MPI_Comm_size");
        CommDup = (delegate* unmanaged<nint, nint*, int>)At("MPI_Comm_dup");
        AllReduce = (delegate* unmanaged<void*, void*, int, nint, nint, nint, nint*, int>)At("MPI_Iallreduce");
        Broadcast = (delegate* unmanaged<void*, int, nint, int, nint, nint*, int>)At("MPI_Ibcast");
        AllToAll = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, nint*, int>)At("MPI_Ialltoall");
        AllGather = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, nint*, int>)At("MPI_Iallgather");
        Barrier = (delegate* unmanaged<nint, nint*, int>)At("MPI_Ibarrier");
        Send = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)At("MPI_Isend");
        Receive = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)At("MPI_Irecv");
        Test = (delegate* unmanaged<nint*, int*, nint, int>)At("MPI_Test");
        GetVersion = (delegate* unmanaged<byte*, int*, int>)At("MPI_Get_library_version");
    }

    /// <summary>The name it was found by.</summary>
    public string Name { get; }

    /// <summary>How its handles look.</summary>
    public MpiAbi Abi { get; }

    /// <summary>Its constants.</summary>
    public MpiHandles Handles { get; }

    /// <summary>MPI_Init_thread(argc, argv, required, provided)</summary>
    public delegate* unmanaged<void*, void*, int, int*, int> InitThread { get; }

    /// <summary>MPI_Finalize()</summary>
    public delegate* unmanaged<int> Finish { get; }

    /// <summary>MPI_Abort(comm, code)</summary>
    public delegate* unmanaged<nint, int, int> Abort { get; }

    /// <summary>MPI_Comm_rank(comm, rank)</summary>
    public delegate* unmanaged<nint, int*, int> CommRank { get; }

    /// <summary>MPI_Comm_size(comm, size)</summary>
    public delegate* unmanaged<nint, int*, int> CommSize { get; }

    /// <summary>MPI_Comm_dup(comm, copy)</summary>
    public delegate* unmanaged<nint, nint*, int> CommDup { get; }

    /// <summary>MPI_Iallreduce(from, to, count, type, operation, comm, request)</summary>
    public delegate* unmanaged<void*, void*, int, nint, nint, nint, nint*, int> AllReduce { get; }

    /// <summary>MPI_Ibcast(data, count, type, root, comm, request)</summary>
    public delegate* unmanaged<void*, int, nint, int, nint, nint*, int> Broadcast { get; }

    /// <summary>MPI_Ialltoall(from, count, type, to, count, type, comm, request)</summary>
    public delegate* unmanaged<void*, int, nint, void*, int, nint, nint, nint*, int> AllToAll { get; }

    /// <summary>MPI_Iallgather(from, count, type, to, count, type, comm, request)</summary>
    public delegate* unmanaged<void*, int, nint, void*, int, nint, nint, nint*, int> AllGather { get; }

    /// <summary>MPI_Ibarrier(comm, request)</summary>
    public delegate* unmanaged<nint, nint*, int> Barrier { get; }

    /// <summary>MPI_Isend(data, count, type, to, tag, comm, request)</summary>
    public delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> Send { get; }

    /// <summary>MPI_Irecv(data, count, type, from, tag, comm, request)</summary>
    public delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> Receive { get; }

    /// <summary>MPI_Test(request, flag, status)</summary>
    public delegate* unmanaged<nint*, int*, nint, int> Test { get; }

    private delegate* unmanaged<byte*, int*, int> GetVersion { get; }

    /// <summary>What the library says it is, in one line.</summary>
    public string Version
    {
        get
        {
            byte* text = stackalloc byte[8192]; // MPI_MAX_LIBRARY_VERSION_STRING of MPICH and the standard; 256 of Open MPI
            int length = 0;
            _ = GetVersion(text, &length);
            return Encoding.ASCII.GetString(text, length).Split('\n', ',')[0].Trim('\0', ' ');
        }
    }

    /// <summary>Loads <c>ELECTRA_MPI_LIB</c>, or the library that belongs to the launcher, or any.</summary>
    /// <exception cref="DllNotFoundException">There is none; says what was tried.</exception>
    public static MpiLibrary Load(LaunchedProcess process)
    {
        if (!OperatingSystem.IsLinux()) throw new DllNotFoundException("MPI is used on Linux only so far: start one process.");
        // UCX would take the signals over by which .NET notices null references: every one would end the process.
        NativeEnvironment.Set("UCX_ERROR_SIGNALS", "");
        // It also warns, on standard output, of what a rank that gives up leaves unfinished.
        if (Environment.GetEnvironmentVariable("UCX_LOG_LEVEL") is null) NativeEnvironment.Set("UCX_LOG_LEVEL", "error");
        string? wanted = Environment.GetEnvironmentVariable(Variable);
        string[] names = wanted is { Length: > 0 } ? [wanted] : process.IsPmi ? [.. MpichNames, .. OpenMpiNames] : [.. OpenMpiNames, .. MpichNames];
        var faults = new List<string>();
        foreach (string name in names)
        {
            (nint library, string? fault) = SharedObject.Open(name);
            if (library != 0) return new MpiLibrary(name, library);
            faults.Add(fault ?? name);
        }

        throw new DllNotFoundException(
            $"No MPI library was found: install Open MPI or MPICH, or set {Variable} to the path of one. ({string.Join("; ", faults)})");
    }

    private static MpiAbi AbiOf(nint library)
    {
        if (NativeLibrary.TryGetExport(library, "MPI_Abi_get_version", out nint function))
        {
            int major = 0, minor = 0;
            _ = ((delegate* unmanaged<int*, int*, int>)function)(&major, &minor);
            if (major >= 1) return MpiAbi.Standard;
        }

        return NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out _) ? MpiAbi.OpenMpi : MpiAbi.Mpich;
    }
}

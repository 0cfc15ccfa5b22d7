using System.Runtime.InteropServices;
using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Distributed;

/// <summary>The functions of NCCL's C interface in use. Each but the last returns 0 for success.</summary>
internal sealed unsafe class NcclLibrary
{
    /// <summary>ncclUint8</summary>
    public const int Byte = 1;

    /// <summary>ncclBfloat16</summary>
    public const int BFloat16 = 9;

    private const string Variable = "ELECTRA_NCCL_LIB", SystemName = "libnccl.so.2";
    private const int InProgress = 7;

    /// <summary>Takes the functions from wherever they are.</summary>
    /// <param name="name">Where that is, for people.</param>
    /// <param name="functions">The address of a function by its name.</param>
    public NcclLibrary(string name, Func<string, nint> functions)
    {
        Name = name;
        GetVersion = (delegate* unmanaged<int*, int>)functions("ncclGetVersion");
        GetUniqueId = (delegate* unmanaged<NcclUniqueId*, int>)functions("ncclGetUniqueId");
        CommInitRank = (delegate* unmanaged<nint*, int, NcclUniqueId, int, int>)functions("ncclCommInitRank");
        CommAbort = (delegate* unmanaged<nint, int>)functions("ncclCommAbort");
        CommDestroy = (delegate* unmanaged<nint, int>)functions("ncclCommDestroy");
        CommGetAsyncError = (delegate* unmanaged<nint, int*, int>)functions("ncclCommGetAsyncError");
        AllReduce = (delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int>)functions("ncclAllReduce");
        Broadcast = (delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int>)functions("ncclBroadcast");
        AllGather = (delegate* unmanaged<nint, nint, nuint, int, nint, nint, int>)functions("ncclAllGather");
        Send = (delegate* unmanaged<nint, nuint, int, int, nint, nint, int>)functions("ncclSend");
        Receive = (delegate* unmanaged<nint, nuint, int, int, nint, nint, int>)functions("ncclRecv");
        GroupStart = (delegate* unmanaged<int>)functions("ncclGroupStart");
        GroupEnd = (delegate* unmanaged<int>)functions("ncclGroupEnd");
        GetErrorString = (delegate* unmanaged<int, byte*>)functions("ncclGetErrorString");
    }

    /// <summary>Where it was found.</summary>
    public string Name { get; }

    /// <summary>ncclCommInitRank(comm, ranks, id, rank)</summary>
    public delegate* unmanaged<nint*, int, NcclUniqueId, int, int> CommInitRank { get; }

    /// <summary>ncclCommAbort(comm)</summary>
    public delegate* unmanaged<nint, int> CommAbort { get; }

    /// <summary>ncclCommDestroy(comm)</summary>
    public delegate* unmanaged<nint, int> CommDestroy { get; }

    /// <summary>ncclAllReduce(from, to, count, type, operation, comm, stream)</summary>
    public delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int> AllReduce { get; }

    /// <summary>ncclBroadcast(from, to, count, type, root, comm, stream)</summary>
    public delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int> Broadcast { get; }

    /// <summary>ncclAllGather(from, to, count of each, type, comm, stream)</summary>
    public delegate* unmanaged<nint, nint, nuint, int, nint, nint, int> AllGather { get; }

    /// <summary>ncclSend(from, count, type, peer, comm, stream)</summary>
    public delegate* unmanaged<nint, nuint, int, int, nint, nint, int> Send { get; }

    /// <summary>ncclRecv(to, count, type, peer, comm, stream)</summary>
    public delegate* unmanaged<nint, nuint, int, int, nint, nint, int> Receive { get; }

    /// <summary>ncclGroupStart()</summary>
    public delegate* unmanaged<int> GroupStart { get; }

    /// <summary>ncclGroupEnd()</summary>
    public delegate* unmanaged<int> GroupEnd { get; }

    private delegate* unmanaged<int*, int> GetVersion { get; }

    private delegate* unmanaged<NcclUniqueId*, int> GetUniqueId { get; }

    private delegate* unmanaged<nint, int*, int> CommGetAsyncError { get; }

    private delegate* unmanaged<int, byte*> GetErrorString { get; }

    /// <summary>As 2.27.3.</summary>
    public string Version
    {
        get
        {
            int code = 0;
            Check(GetVersion(&code), "ncclGetVersion");
            return $"{code / 10_000}.{code / 100 % 100}.{code % 100}"; // since 2.9
        }
    }

    /// <summary>Loads <c>ELECTRA_NCCL_LIB</c>; else takes NCCL from libtorch's CUDA library, whose copy is within it or comes with it; else that of the system.</summary>
    /// <exception cref="DllNotFoundException">There is none; says what was tried.</exception>
    public static NcclLibrary Load() => Load(Environment.GetEnvironmentVariable(Variable), NativeBackend.LibtorchCuda);

    /// <summary>As above.</summary>
    /// <param name="wanted">A path that somebody wants; null or empty for none.</param>
    /// <param name="libtorch">The handle of libtorch_cuda; 0 for none.</param>
    internal static NcclLibrary Load(string? wanted, nint libtorch)
    {
        var faults = new List<string>();
        if (string.IsNullOrEmpty(wanted))
        {
            if (libtorch != 0 && NativeLibrary.TryGetExport(libtorch, "ncclAllReduce", out _)) return Of("libtorch_cuda", libtorch);
            faults.Add(libtorch == 0 ? "libtorch_cuda: not loaded" : "libtorch_cuda: it has no ncclAllReduce");
        }

        string name = string.IsNullOrEmpty(wanted) ? SystemName : wanted;
        (nint library, string? fault) = SharedObject.Open(name);
        if (library != 0) return Of(name, library);
        faults.Add(fault ?? name);
        throw new DllNotFoundException(
            $"NCCL was not found, over which ranks on GPUs add up their gradients: use a libtorch with CUDA, which brings it, or set {Variable} to the path of {SystemName}. "
            + $"({string.Join("; ", faults)})");
    }

    /// <summary>A fresh id.</summary>
    public NcclUniqueId NewId()
    {
        NcclUniqueId id = default;
        Check(GetUniqueId(&id), "ncclGetUniqueId");
        return id;
    }

    /// <summary>What went wrong on the network or another rank since; null when nothing did.</summary>
    public string? AsyncError(nint communicator)
    {
        int error = 0, code = CommGetAsyncError(communicator, &error);
        if (code != 0) error = code;
        return error is 0 or InProgress ? null : Text(error);
    }

    /// <summary>Throws when a call failed.</summary>
    /// <exception cref="ProcessGroupException">It did; names the function and NCCL's reason.</exception>
    public void Check(int code, string function)
    {
        if (code != 0) throw new ProcessGroupException($"{function} failed: {Text(code)}. With NCCL_DEBUG=INFO in the environment NCCL tells more.", []);
    }

    /// <summary>The type of values that can be added up.</summary>
    /// <exception cref="ArgumentException">They can't.</exception>
    public static int TypeOf(ScalarType type) => type switch
    {
        ScalarType.Float32 => 7,
        ScalarType.Float64 => 8,
        ScalarType.Int64 => 4,
        _ => throw new ArgumentException($"Sums are of float32, float64 and int64, not of {type}."),
    };

    private static NcclLibrary Of(string name, nint library) => new(name, function => NativeLibrary.GetExport(library, function));

    private string Text(int code) => $"{Marshal.PtrToStringUTF8((nint)GetErrorString(code))} (ncclResult {code})";
}

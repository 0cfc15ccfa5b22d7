using Electra.Native;
using static TorchSharp.torch;

namespace Electra.Distributed;

/// <summary>
/// The processes that an MPI launcher started, on one machine or several. Open MPI, MPICH and its kin, and libraries with the standard's own binary
/// interface do; <c>ELECTRA_MPI_LIB</c> names one that is not found by itself. Tensors are on the CPU; or on the GPU of the process, <c>cuda:0</c>: those
/// go over NCCL (<see cref="NcclProcessGroup"/>), on the device's current stream, and the host does not wait for them.
/// </summary>
public sealed unsafe class MpiProcessGroup : IProcessGroup
{
    private const int BucketBytes = 4 << 20;
    private const int NameBytes = 64;

    private readonly MpiThread _thread = new();
    private readonly MpiConnection _mpi = null!;
    private readonly BFloat16Sum _rounded = new();
    private readonly Lazy<NcclConnection> _gpu; // from the first tensor on, which all processes have
    private bool _hasLeft;

    private MpiProcessGroup(LaunchedProcess process, TimeSpan timeout)
    {
        try
        {
            MpiConnection? mpi = null;
            _thread.Run(() => mpi = new MpiConnection(process, timeout));
            _mpi = mpi!;
        }
        catch
        {
            _thread.Dispose();
            throw;
        }

        Hosts = ProcessGroup.AllGather(this, Environment.MachineName, NameBytes);
        _mpi.NameOf = rank => $"rank {rank} on {Hosts[rank]}";
        LaunchedProcess placed = process with { LocalRank = process.LocalRank ?? Hosts.Take(Rank).Count(host => host == Hosts[Rank]) };
        VisibleGpu.Take(placed.LocalRank!.Value);
        _gpu = new Lazy<NcclConnection>(() =>
        {
            Device gpu = NcclConnection.RequireGpu(placed);
            return NcclConnection.Over(NcclLibrary.Load(), gpu, this, timeout);
        });
    }

    /// <inheritdoc/>
    public int Rank => _mpi.Rank;

    /// <inheritdoc/>
    public int Size => _mpi.Size;

    /// <summary>The MPI library in use, and that of NCCL where it is in use.</summary>
    public string Library => _gpu.IsValueCreated ? $"{_mpi.Library} and {_gpu.Value.Library}" : _mpi.Library;

    /// <summary>The machine of each process, by rank.</summary>
    public IReadOnlyList<string> Hosts { get; }

    /// <summary>Takes up the part of this process.</summary>
    /// <param name="process">What the launcher says. <value>Default: read from the environment.</value></param>
    /// <param name="timeout">
    /// How long a process waits for the others in one call. <value>Default: <c>ELECTRA_MPI_TIMEOUT</c> in seconds, else 10 minutes.</value>
    /// </param>
    /// <exception cref="DllNotFoundException">There is no MPI library; says what was tried.</exception>
    /// <exception cref="InvalidDataException">
    /// What the environment says makes no sense, or the MPI library knows of another number of processes than the launcher.
    /// </exception>
    public static MpiProcessGroup Start(LaunchedProcess? process = null, TimeSpan? timeout = null) => new(process ?? LaunchedProcess.Detect(), timeout ?? ProcessGroup.Patience());

    /// <inheritdoc/>
    public void AllReduceSum(Tensor tensor) => AllReduceSumAsync(tensor).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public Task AllReduceSumAsync(Tensor tensor, GradientCompression compression = GradientCompression.None)
    {
        if (tensor.device_type != TorchSharp.DeviceType.CUDA) return PostSum(tensor, compression).Done;
        ProcessGroup.RequireContiguous(tensor);
        ProcessGroup.RequireCompressible(tensor, compression);
        if (compression == GradientCompression.None) _gpu.Value.AllReduceSum(tensor);
        else _gpu.Value.AllReduceRoundedSum(tensor);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void AllReduceSum(Span<double> values)
    {
        fixed (double* pinned = values)
        {
            (nint data, int count) = ((nint)pinned, values.Length);
            Run(() => _mpi.AllReduceSum(data, count, _mpi.Types.Double));
        }
    }

    /// <inheritdoc/>
    public void Broadcast(Tensor tensor, int root = 0)
    {
        if (tensor.device_type == TorchSharp.DeviceType.CUDA)
        {
            ProcessGroup.RequireContiguous(tensor);
            _gpu.Value.Broadcast(tensor, root);
            return;
        }

        Require(tensor);
        (nint data, long count) = (Aten.DataPointer(tensor), tensor.numel() * tensor.element_size());
        Run(() =>
        {
            for (long start = 0; start < count; start += BucketBytes) _mpi.Broadcast(data + (nint)start, (int)Math.Min(BucketBytes, count - start), root);
        });
        GC.KeepAlive(tensor);
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> values, int root = 0)
    {
        fixed (byte* pinned = values)
        {
            (nint data, int count) = ((nint)pinned, values.Length);
            Run(() => _mpi.Broadcast(data, count, root));
        }
    }

    /// <inheritdoc/>
    public void Barrier()
    {
        Run(() => _mpi.Barrier());
        if (_gpu.IsValueCreated) _gpu.Value.Barrier(); // all are there; GPUs may still be at work
    }

    /// <inheritdoc/>
    public void Leave(int exitCode)
    {
        if (_hasLeft) return;
        _hasLeft = true;
        if (exitCode != 0 && _gpu.IsValueCreated) _gpu.Value.Leave(isAborted: true);
        // MPI may hang when it ends while a call that failed is still under way; the process ends then without it.
        MpiThread.Job leaving = _thread.Post(() => _mpi.Leave(exitCode));
        leaving.Wait(exitCode == 0 ? Timeout.Infinite : 30_000);
        if (exitCode == 0 && _gpu.IsValueCreated) _gpu.Value.Leave(isAborted: false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Leave(1);
        _thread.Dispose();
    }

    // What GPUs did is worth nothing once NCCL has failed, nor what follows from it.
    private void Run(Action action)
    {
        if (_gpu is { IsValueCreated: true }) _gpu.Value.ThrowIfFailed();
        _thread.Run(action);
    }

    private MpiThread.Job PostSum(Tensor tensor, GradientCompression compression)
    {
        Require(tensor);
        ProcessGroup.RequireCompressible(tensor, compression);
        bool isRounded = compression == GradientCompression.BFloat16;
        (nint type, int bytes) = tensor.dtype switch
        {
            ScalarType.Float32 => (_mpi.Types.Float, sizeof(float)),
            ScalarType.Float64 => (_mpi.Types.Double, sizeof(double)),
            ScalarType.Int64 => (_mpi.Types.Int64, sizeof(long)),
            _ => throw new ArgumentException($"Sums are of float32, float64 and int64, not of {tensor.dtype}.", nameof(tensor)),
        };
        (nint data, long count, int bucket) = (Aten.DataPointer(tensor), tensor.numel(), BucketBytes / bytes);
        return _thread.Post(() =>
        {
            for (long start = 0; start < count; start += bucket)
            {
                (nint values, int length) = (data + (nint)(start * bytes), (int)Math.Min(bucket, count - start));
                if (isRounded) _rounded.Run(_mpi, (float*)values, length);
                else _mpi.AllReduceSum(values, length, type);
            }

            GC.KeepAlive(tensor);
        });
    }

    private static void Require(Tensor tensor)
    {
        if (tensor.device_type != TorchSharp.DeviceType.CPU)
            throw new ArgumentException($"The tensor is on {tensor.device}; MPI takes those on the CPU, and NCCL those on CUDA devices.", nameof(tensor));
        ProcessGroup.RequireContiguous(tensor);
    }
}

using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Distributed;

/// <summary>
/// The processes that <c>torchrun</c> or Kubeflow started, each with a GPU of its own, over NCCL. It takes the part of <c>libnccl</c> that libtorch brings;
/// <c>ELECTRA_NCCL_LIB</c> names another one. Tensors are on the process's GPU, <c>cuda:0</c>: sums of them go on the device's current stream, and the host
/// does not wait for them; those on the CPU, and values of the program's own, travel by way of the GPU, and the host waits.
/// </summary>
public sealed class NcclProcessGroup : IProcessGroup
{
    private const string Driver = "libcuda.so.1";
    private const int NameBytes = 64;

    private readonly Lazy<NcclConnection> _nccl;
    private readonly Lazy<IReadOnlyList<string>> _hosts;
    private bool _hasLeft;

    /// <summary>Takes up the part of this process, when it is first needed.</summary>
    /// <param name="process">What the launcher says.</param>
    /// <param name="connect">Meets the others.</param>
    internal NcclProcessGroup(LaunchedProcess process, Func<NcclConnection> connect)
    {
        Process = process;
        _nccl = new Lazy<NcclConnection>(connect); // what went wrong once is told again
        _hosts = new Lazy<IReadOnlyList<string>>(() => ProcessGroup.AllGather(this, Environment.MachineName, NameBytes));
    }

    /// <inheritdoc/>
    public int Rank => Process.Rank;

    /// <inheritdoc/>
    public int Size => Process.Size;

    /// <summary>The NCCL library in use.</summary>
    /// <exception cref="ProcessGroupException">A process was lost.</exception>
    public string Library => Nccl.Library;

    /// <summary>The machine of each process, by rank. To be asked for by all processes at the same time.</summary>
    /// <exception cref="ProcessGroupException">A process was lost.</exception>
    public IReadOnlyList<string> Hosts => _hosts.Value;

    /// <summary>What the launcher says.</summary>
    internal LaunchedProcess Process { get; }

    private NcclConnection Nccl => _nccl.Value;

    /// <summary>
    /// Takes up the part of this process: from now on it sees the GPU of its local rank only (<c>CUDA_VISIBLE_DEVICES</c>), so it must have used none before. The
    /// processes meet in the first call that all make.
    /// </summary>
    /// <param name="process">What the launcher says. <value>Default: read from the environment.</value></param>
    /// <param name="timeout">
    /// How long a process waits for the others in one call. <value>Default: <c>ELECTRA_MPI_TIMEOUT</c> in seconds, else 10 minutes.</value>
    /// </param>
    /// <exception cref="InvalidDataException">What the environment says makes no sense, or there is no GPU.</exception>
    public static NcclProcessGroup Start(LaunchedProcess? process = null, TimeSpan? timeout = null)
    {
        LaunchedProcess own = process ?? LaunchedProcess.Detect();
        MeetingPoint place = MeetingPoint.Detect();
        TimeSpan patience = timeout ?? ProcessGroup.Patience();
        if (!NativeLibrary.TryLoad(Driver, out _)) throw NoGpu(own);
        VisibleGpu.Take(own.LocalRank ?? 0);
        return new NcclProcessGroup(own, () =>
        {
            Device gpu = NcclConnection.RequireGpu(own);
            return Meet(own, place, NcclLibrary.Load(), gpu, patience);
        });
    }

    /// <summary>Meets the others, and begins.</summary>
    internal static NcclConnection Meet(LaunchedProcess process, MeetingPoint place, NcclLibrary nccl, Device device, TimeSpan timeout)
    {
        var exchange = new IdExchange(place, process.Size, timeout);
        NcclUniqueId id = process.Rank == 0 ? nccl.NewId() : NcclUniqueId.Of(exchange.Ask(process.Rank, NcclUniqueId.Length));
        if (process.Rank == 0) exchange.Give(id.ToArray());
        return new NcclConnection(nccl, device, process.Rank, process.Size, id, timeout);
    }

    /// <inheritdoc/>
    public void AllReduceSum(Tensor tensor) => Do(tensor, Nccl.AllReduceSum);

    /// <inheritdoc/>
    public void AllReduceSum(Span<double> values)
    {
        if (values.IsEmpty) return; // for all alike
        using Tensor sums = torch.tensor(values.ToArray());
        DoThere(sums, Nccl.AllReduceSum);
        sums.data<double>().CopyTo(values);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">As above, or the tensor is on the CPU: what trains there goes over MPI.</exception>
    public Task AllReduceSumAsync(Tensor tensor, GradientCompression compression = GradientCompression.None)
    {
        ProcessGroup.RequireCompressible(tensor, compression);
        if (tensor.device_type != Nccl.Device.type)
        {
            throw new ArgumentException(
                $"The tensor is on {tensor.device}, but ranks of {Process.Launcher} train on GPUs. On CPUs gradients go over MPI: start the program with mpirun, mpiexec or srun.", nameof(tensor));
        }

        Do(tensor, compression == GradientCompression.None ? Nccl.AllReduceSum : Nccl.AllReduceRoundedSum);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Broadcast(Tensor tensor, int root = 0) => Do(tensor, values => Nccl.Broadcast(values, root));

    /// <inheritdoc/>
    public void Broadcast(Span<byte> values, int root = 0)
    {
        if (values.IsEmpty) return;
        using Tensor bytes = torch.tensor(values.ToArray(), ScalarType.Byte);
        DoThere(bytes, there => Nccl.Broadcast(there, root));
        bytes.data<byte>().CopyTo(values);
    }

    /// <inheritdoc/>
    public void Barrier() => Nccl.Barrier();

    /// <inheritdoc/>
    public void Leave(int exitCode)
    {
        if (_hasLeft) return;
        _hasLeft = true;
        if (!_nccl.IsValueCreated) return;
        try
        {
            if (exitCode == 0) Nccl.Barrier(Timeout.InfiniteTimeSpan);
        }
        finally
        {
            Nccl.Leave(isAborted: exitCode != 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Leave(1);

    private void Do(Tensor tensor, Action<Tensor> action)
    {
        ProcessGroup.RequireContiguous(tensor);
        if (tensor.device_type == Nccl.Device.type) action(tensor);
        else if (tensor.device_type == DeviceType.CPU) DoThere(tensor, action);
        else throw new ArgumentException($"The tensor is on {tensor.device}, but this process's GPU is {Nccl.Device}.", nameof(tensor));
    }

    // What the host has goes to the GPU and comes back, for which the host waits.
    private void DoThere(Tensor tensor, Action<Tensor> action)
    {
        using var _ = no_grad();
        using Tensor there = tensor.to(Nccl.Device, copy: true);
        Nccl.Wait(() =>
        {
            action(there);
            tensor.copy_(there);
        });
    }

    private static InvalidDataException NoGpu(LaunchedProcess process) => new(
        $"{process.Launcher} started {process.Size} processes, of which this is number {process.Rank}, but this machine has no GPU ({Driver} of NVIDIA's driver can't be loaded). "
        + "Ranks of torchrun and its kin train on GPUs, whose gradients go over NCCL. On CPUs gradients go over MPI: start the program with mpirun, mpiexec or srun (in Kubeflow by an MPIJob); "
        + "or, for a single process, unset RANK and WORLD_SIZE.");
}

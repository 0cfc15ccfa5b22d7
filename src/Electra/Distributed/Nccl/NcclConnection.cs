using Electra.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Distributed;

/// <summary>
/// A process's part in NCCL. What it is asked to do goes on libtorch's current stream, behind the work that makes the tensors and before the work that uses
/// them, and nobody waits for it but in <see cref="Wait"/>. Tensors are on its device.
/// </summary>
internal sealed unsafe class NcclConnection : IDisposable
{
    private const int Sum = 0; // ncclSum

    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(10);

    private readonly NcclLibrary _nccl;
    private readonly int _size;
    private readonly TimeSpan _timeout;
    private readonly nint _communicator;
    private readonly NcclWatch _watch;
    private readonly Lock _ending = new();
    private bool _isOver;

    /// <summary>Begins, which all processes do at the same time.</summary>
    /// <param name="nccl">The library.</param>
    /// <param name="device">A GPU, which no other process has; the CPU where the library works there.</param>
    /// <param name="rank">This process.</param>
    /// <param name="size">All processes.</param>
    /// <param name="id">What they have in common.</param>
    /// <param name="timeout">How long others are waited for.</param>
    /// <exception cref="ProcessGroupException">NCCL refuses, or the others do not come.</exception>
    public NcclConnection(NcclLibrary nccl, Device device, int rank, int size, NcclUniqueId id, TimeSpan timeout)
    {
        (_nccl, Device, _size, _timeout) = (nccl, device, size, timeout);
        _communicator = Begin(nccl, rank, size, id, timeout);
        _watch = new NcclWatch(() => nccl.AsyncError(_communicator), () => End(isAborted: true));
    }

    /// <summary>Where tensors are.</summary>
    public Device Device { get; }

    /// <summary>The library, for people.</summary>
    public string Library => $"NCCL {_nccl.Version} ({_nccl.Name})";

    /// <summary>The GPU of this process, its first.</summary>
    /// <param name="who">What the launcher says.</param>
    /// <exception cref="InvalidDataException">There is none; says why.</exception>
    public static Device RequireGpu(LaunchedProcess who)
    {
        if (NativeBackend.IsCudaAvailable(out string reason)) return torch.device(DeviceType.CUDA, 0);
        throw new InvalidDataException(
            $"{who.Launcher} started {who.Size} processes, of which this is number {who.Rank}, number {who.LocalRank ?? 0} on its machine; but it has no GPU "
            + $"({VisibleGpu.Variable} is '{Environment.GetEnvironmentVariable(VisibleGpu.Variable)}'). {reason}");
    }

    /// <summary>Begins where the processes have another way already to tell each other the id.</summary>
    /// <param name="nccl">The library.</param>
    /// <param name="device">As above.</param>
    /// <param name="others">That way.</param>
    /// <param name="timeout">As above.</param>
    public static NcclConnection Over(NcclLibrary nccl, Device device, IProcessGroup others, TimeSpan timeout)
    {
        byte[] id = others.Rank == 0 ? nccl.NewId().ToArray() : new byte[NcclUniqueId.Length];
        others.Broadcast(id);
        return new NcclConnection(nccl, device, others.Rank, others.Size, NcclUniqueId.Of(id), timeout);
    }

    /// <summary>Sums in place.</summary>
    /// <param name="tensor">float32, float64 or int64; contiguous.</param>
    public void AllReduceSum(Tensor tensor)
    {
        (nint data, nuint count, int type) = (Aten.DataPointer(tensor), (nuint)tensor.numel(), NcclLibrary.TypeOf(tensor.dtype));
        Call("ncclAllReduce", stream => _nccl.AllReduce(data, data, count, type, Sum, _communicator, stream));
        GC.KeepAlive(tensor);
    }

    /// <summary>
    /// Sums in place of values that travel as bfloat16. Each process receives the same part of all others, adds it up in float32, and sends the rounded sum
    /// to all: values are rounded twice however many processes there are.
    /// </summary>
    /// <param name="tensor">float32; contiguous.</param>
    public void AllReduceRoundedSum(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor values = tensor.view(-1);
        long count = values.numel(), part = (count + _size - 1) / _size;
        Tensor sent = zeros([part * _size], ScalarType.BFloat16, Device), received = empty_like(sent);
        sent.narrow(0, 0, count).copy_(values);
        Exchange(sent, received, part);
        Tensor sum = received.view(_size, part).to(ScalarType.Float32).sum(dim: 0).to(ScalarType.BFloat16);
        (nint from, nint to) = (Aten.DataPointer(sum), Aten.DataPointer(received));
        Call("ncclAllGather", stream => _nccl.AllGather(from, to, (nuint)part, NcclLibrary.BFloat16, _communicator, stream));
        values.copy_(received.narrow(0, 0, count));
    }

    /// <summary>Gives all processes the values of one.</summary>
    /// <param name="tensor">Of any type; contiguous.</param>
    /// <param name="root">Whose values.</param>
    public void Broadcast(Tensor tensor, int root)
    {
        (nint data, nuint count) = (Aten.DataPointer(tensor), (nuint)(tensor.numel() * tensor.element_size()));
        Call("ncclBroadcast", stream => _nccl.Broadcast(data, data, count, NcclLibrary.Byte, root, _communicator, stream));
        GC.KeepAlive(tensor);
    }

    /// <summary>Has something done with all others that ends in a copy to the host, and so waits until it is made, and all before it.</summary>
    /// <param name="action">It.</param>
    /// <param name="timeout">How long it may last. <value>Default: as given.</value></param>
    /// <exception cref="ProcessGroupException">It lasted longer, or another process was lost.</exception>
    public void Wait(Action action, TimeSpan? timeout = null) => _watch.WaitFor(action, timeout ?? _timeout);

    /// <summary>Waits for all processes, and for all that they have put on their streams.</summary>
    /// <param name="timeout">As above.</param>
    public void Barrier(TimeSpan? timeout = null)
    {
        using Tensor one = ones([1], ScalarType.Float32, Device);
        Wait(() => SumOnHost(one), timeout);
    }

    /// <summary>Throws what went wrong, if something did.</summary>
    /// <exception cref="ProcessGroupException">It did.</exception>
    public void ThrowIfFailed() => _watch.ThrowIfFailed();

    /// <summary>Ends this process's part: at once and whatever is under way, or in peace, when all that was asked for is made.</summary>
    /// <param name="isAborted">Whether it is the former.</param>
    public void Leave(bool isAborted)
    {
        _watch.Dispose();
        // NCCL may hang when it ends while others are lost; the process ends then without it.
        Task.WaitAny([Task.Run(() => End(isAborted))], Moment);
    }

    /// <inheritdoc/>
    public void Dispose() => Leave(isAborted: true);

    // The library waits for the others without a limit of its own, and gives nothing in hand before they came.
    private static nint Begin(NcclLibrary nccl, int rank, int size, NcclUniqueId id, TimeSpan timeout)
    {
        nint communicator = 0;
        var begun = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            nint made = 0;
            int code = nccl.CommInitRank(&made, size, id, rank);
            communicator = made;
            begun.SetResult(code);
        })
        { IsBackground = true, Name = "NCCL" };
        thread.Start();
        if (Task.WaitAny([begun.Task], timeout) < 0)
        {
            throw new ProcessGroupException(
                $"Waited for {timeout.TotalSeconds:0.#} seconds in vain for NCCL to connect the {size} ranks. With NCCL_DEBUG=INFO in the environment it tells what it tries; "
                + "NCCL_SOCKET_IFNAME names the network between machines.", []);
        }

        nccl.Check(begun.Task.Result, "ncclCommInitRank");
        return communicator;
    }

    private void SumOnHost(Tensor one)
    {
        AllReduceSum(one);
        one.cpu().Dispose();
    }

    private void Exchange(Tensor sent, Tensor received, long part)
    {
        (nint from, nint to, nint stride) = (Aten.DataPointer(sent), Aten.DataPointer(received), (nint)(part * sizeof(ushort)));
        Call("ncclSend and ncclRecv", stream =>
        {
            int code = _nccl.GroupStart();
            for (int peer = 0; peer < _size && code == 0; peer++)
            {
                code = _nccl.Send(from + (peer * stride), (nuint)part, NcclLibrary.BFloat16, peer, _communicator, stream);
                if (code == 0) code = _nccl.Receive(to + (peer * stride), (nuint)part, NcclLibrary.BFloat16, peer, _communicator, stream);
            }

            int end = _nccl.GroupEnd();
            return code == 0 ? end : code;
        });
    }

    private void Call(string function, Func<nint, int> call)
    {
        nint stream = Device.type == DeviceType.CUDA ? CudaStream.Current(Device.index) : 0;
        _watch.Call(() => _nccl.Check(call(stream), function), _timeout);
    }

    private void End(bool isAborted)
    {
        lock (_ending)
        {
            if (_isOver) return;
            _isOver = true;
        }

        _ = isAborted ? _nccl.CommAbort(_communicator) : _nccl.CommDestroy(_communicator);
    }
}

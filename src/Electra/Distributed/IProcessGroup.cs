using static TorchSharp.torch;

namespace Electra.Distributed;

/// <summary>
/// Processes that train one model together. Every method but <see cref="Leave"/> is called by all of them, in the same order and with the same sizes,
/// and returns when all have. For one thread of the program at a time. Of a tensor on a GPU it returns at once: what is asked for is made behind the work that
/// is under way on the device's current stream, and before what follows there. All processes have a tensor of the same kind of device.
/// </summary>
public interface IProcessGroup : IDisposable
{
    /// <summary>This process, from 0.</summary>
    int Rank { get; }

    /// <summary>All processes.</summary>
    int Size { get; }

    /// <summary>Replaces every value by its sum over all processes, the same bits in each.</summary>
    /// <param name="tensor">float32, float64 or int64, of any shape; contiguous, on the CPU or the process's GPU.</param>
    /// <exception cref="ArgumentException">The tensor is another one.</exception>
    /// <exception cref="ProcessGroupException">A process was lost.</exception>
    void AllReduceSum(Tensor tensor);

    /// <summary>As above.</summary>
    /// <param name="values">Any number of them, the same in all processes.</param>
    /// <exception cref="ProcessGroupException">A process was lost.</exception>
    void AllReduceSum(Span<double> values);

    /// <summary>
    /// Begins to replace every value by its sum over all processes, while this one goes on. Sums, and whatever else is called meanwhile, are made one after the
    /// other, in the order of the calls; so that order is the same in all processes.
    /// </summary>
    /// <param name="tensor">As above; not to be read, written or freed before the sum is made.</param>
    /// <param name="compression">How values travel. <value>Default: as they are.</value></param>
    /// <returns>Ends when the sum is made, or, on a GPU, under way; with a <see cref="ProcessGroupException"/> when a process was lost.</returns>
    /// <exception cref="ArgumentException">The tensor is another one, or to be compressed and not float32.</exception>
    Task AllReduceSumAsync(Tensor tensor, GradientCompression compression = GradientCompression.None);

    /// <summary>Gives all processes the values of one.</summary>
    /// <param name="tensor">Of any type and shape; contiguous, on the CPU or the process's GPU.</param>
    /// <param name="root">Whose values.</param>
    /// <exception cref="ArgumentException">The tensor is another one.</exception>
    /// <exception cref="ProcessGroupException">A process was lost.</exception>
    void Broadcast(Tensor tensor, int root = 0);

    /// <summary>As above.</summary>
    /// <param name="values">Any number of them, the same in all processes.</param>
    /// <param name="root">Whose values.</param>
    /// <exception cref="ProcessGroupException">A process was lost.</exception>
    void Broadcast(Span<byte> values, int root = 0);

    /// <summary>Waits for all processes, and for what they have had done on GPUs.</summary>
    /// <exception cref="ProcessGroupException">A process was lost.</exception>
    void Barrier();

    /// <summary>
    /// Ends this process's part, as the last call but <c>Dispose</c>. With 0 it waits for the others. With another code it tells them, waits a moment for
    /// them to leave too, and otherwise ends them and itself. <c>Dispose</c> without it leaves with 1.
    /// </summary>
    /// <param name="exitCode">0 when all went well, otherwise that of the process.</param>
    void Leave(int exitCode);
}

using System.Runtime.InteropServices;

namespace Electra.Native;

/// <summary>
/// The part of libtorch's stable C ABI in use (torch/csrc/stable/c/shim.h and torch/csrc/inductor/aoti_torch/c/shim.h).
/// Every function but the parallel loop's callback returns 0 for success.
/// </summary>
internal static unsafe class StableAbi
{
    private const string Library = "torch_cpu";

    /// <summary>The ABI version that calls promise: 2.10, as major and minor in the upper two bytes.</summary>
    public const ulong Version = (2UL << 56) | (10UL << 48);

    [DllImport(Library, EntryPoint = "torch_call_dispatcher")]
    public static extern int CallDispatcher(byte* operation, byte* overload, ulong* stack, ulong version);

    [DllImport(Library, EntryPoint = "aoti_torch_abi_version")]
    public static extern ulong AbiVersion();

    [DllImport(Library, EntryPoint = "aoti_torch_new_tensor_handle")]
    public static extern int NewTensorHandle(nint tensor, out nint handle);

    [DllImport(Library, EntryPoint = "aoti_torch_cpu__linear_pointwise")]
    public static extern int LinearPointwise(
        nint input, nint weight, nint* bias, byte* attribute, double** scalars, long count, byte** algorithm, out nint result);

    [DllImport(Library, EntryPoint = "aoti_torch_delete_tensor_object")]
    public static extern int DeleteTensor(nint tensor);

    [DllImport(Library, EntryPoint = "torch_new_list_reserve_size")]
    public static extern int NewList(nuint capacity, out nint list);

    [DllImport(Library, EntryPoint = "torch_list_push_back")]
    public static extern int PushBack(nint list, ulong value);

    [DllImport(Library, EntryPoint = "torch_parallel_for")]
    public static extern int ParallelFor(long begin, long end, long grain, delegate* unmanaged<long, long, void*, void> body, void* context);

    [DllImport(Library, EntryPoint = "aoti_torch_grad_mode_is_enabled")]
    public static extern byte IsGradModeEnabled();

    [DllImport(Library, EntryPoint = "aoti_torch_grad_mode_set_enabled")]
    public static extern void SetGradMode(byte enabled);

    [DllImport(Library, EntryPoint = "torch_get_num_threads")]
    public static extern int ThreadCount(out uint count);

    [DllImport(Library, EntryPoint = "torch_get_mutable_data_ptr")]
    public static extern int DataPointer(nint tensor, out nint data);
}

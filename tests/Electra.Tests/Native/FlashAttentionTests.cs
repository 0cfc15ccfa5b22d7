using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Electra.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Native;

/// <summary>
/// A wrong argument to an operator called by name would end the process on the first GPU. So stand-ins for its CUDA kernels are registered for
/// the CPU, through the same ABI, and tell what arrives.
/// </summary>
public unsafe class FlashAttentionTests
{
    private const int ForwardArguments = 15, BackwardArguments = 17;
    private static readonly double[] Arrived = new double[ForwardArguments];
    private static readonly double[] ArrivedBackward = new double[BackwardArguments];

    [Fact]
    public void Every_argument_arrives_in_its_place_and_gradients_come_back()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor query = full([5, 2, 8], 1f), key = full([5, 2, 8], 2f), value = full([5, 2, 8], 3f);
        foreach (Tensor tensor in (Tensor[])[query, key, value]) tensor.requires_grad_();
        Tensor offsets = tensor(new[] { 0, 2, 5 });
        nint library = NativeLibrary.Load("torch_cpu", typeof(torch).Assembly, null);
        nint handle = Register(library);
        try
        {
            Tensor output = FlashAttention.Run(query, key, value, offsets, 3, 0.25);
            output.backward([full_like(output, 10)]);
            Assert.Equal(7f, output[4, 1, 7].item<float>());
        }
        finally
        {
            Check(((delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "aoti_torch_delete_library_object"))(handle));
        }

        // Tensors by their sum; an absent argument is -1.
        Assert.Equal([80, 160, 240, 7, 7, 3, 3, 0.25, 0, 0, -1, -1, -1, -1, -1], Arrived);
        Assert.Equal([800, 80, 160, 240, 560, 11, 7, 7, 3, 3, 0.25, 0, 4, 5, -1, -1, -1], ArrivedBackward);
        Assert.Equal((1f, 2f, 3f), (query.grad![0, 0, 0].item<float>(), key.grad![0, 0, 0].item<float>(), value.grad![0, 0, 0].item<float>()));
        Assert.Throws<InvalidOperationException>(() => FlashAttention.Run(query, key, value, offsets, 3, 0)); // a CPU has no kernel of its own
    }

    private static nint Register(nint library)
    {
        nint handle;
        fixed (byte* space = "aten\0"u8, key = "CPU\0"u8, file = "FlashAttentionTests.cs\0"u8)
            Check(((delegate* unmanaged<byte*, byte*, byte*, uint, nint*, int>)NativeLibrary.GetExport(
                library, "aoti_torch_library_init_impl"))(space, key, file, 1, &handle));
        var register = (delegate* unmanaged<nint, byte*, delegate* unmanaged<ulong*, ulong, ulong, void>, ulong, int>)
            NativeLibrary.GetExport(library, "torch_library_impl");
        const ulong version = (2UL << 56) | (10UL << 48);
        fixed (byte* name = "_flash_attention_forward\0"u8) Check(register(handle, name, &Forward, version));
        fixed (byte* name = "_flash_attention_backward\0"u8) Check(register(handle, name, &Backward, version));
        return handle;
    }

    [UnmanagedCallersOnly]
    private static void Forward(ulong* stack, ulong arguments, ulong results)
    {
        for (int i = 0; i < ForwardArguments; i++)
        {
            Arrived[i] = i switch
            {
                < 3 => Sum(stack[i]),
                3 or 4 => Optional(stack[i]),
                7 => BitConverter.UInt64BitsToDouble(stack[i]),
                < 10 => stack[i],
                _ => stack[i] == Aten.None ? -1 : 1,
            };
        }

        Give(stack, 0, full([5, 2, 8], 7f));
        Give(stack, 1, tensor(11f)); // softmax_logsumexp
        Give(stack, 2, tensor(4f));  // rng_state
        Give(stack, 3, tensor(5f));  // unused
        Give(stack, 4, tensor(6f));  // debug_attn_mask
    }

    [UnmanagedCallersOnly]
    private static void Backward(ulong* stack, ulong arguments, ulong results)
    {
        for (int i = 0; i < BackwardArguments; i++)
        {
            ArrivedBackward[i] = i switch
            {
                < 8 or 12 or 13 => Sum(stack[i]),
                10 => BitConverter.UInt64BitsToDouble(stack[i]),
                < 12 => stack[i],
                _ => stack[i] == Aten.None ? -1 : 1,
            };
        }

        for (int i = 0; i < 3; i++) Give(stack, i, full([5, 2, 8], i + 1f));
    }

    private static double Sum(ulong slot)
    {
        using Tensor given = Aten.Result(slot), sum = given.sum().to(ScalarType.Float64);
        return sum.item<double>();
    }

    private static double Optional(ulong slot)
    {
        double sum = Sum(*(ulong*)slot);
        NativeMemory.Free((void*)slot);
        return sum;
    }

    private static void Give(ulong* stack, int place, Tensor result)
    {
        using (result) stack[place] = Aten.Argument(result);
    }

    private static void Check(int code, [CallerArgumentExpression(nameof(code))] string call = "") => Assert.True(code == 0, call);
}

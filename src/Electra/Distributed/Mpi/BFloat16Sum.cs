using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Electra.Native;

namespace Electra.Distributed;

/// <summary>
/// Sums of float32 values that travel as bfloat16. Each process receives the same part of all others, adds it up in float32 in the order of the ranks, and sends
/// the rounded sum to all: values are rounded twice however many processes there are, and to the same bits in each. For the thread that calls MPI.
/// </summary>
internal sealed unsafe class BFloat16Sum
{
    private ushort* _sent, _received; // freed with the process, since MPI may write to them until then
    private long _capacity;

    /// <summary>Sums in place.</summary>
    /// <param name="mpi">The processes.</param>
    /// <param name="values">float32.</param>
    /// <param name="count">How many.</param>
    public void Run(MpiConnection mpi, float* values, int count)
    {
        int part = (((count + mpi.Size - 1) / mpi.Size) + Simd.Lanes - 1) / Simd.Lanes * Simd.Lanes;
        Reserve((long)part * mpi.Size);
        Round(values, count, _sent, (long)part * mpi.Size);
        mpi.AllToAll((nint)_sent, (nint)_received, part * sizeof(ushort));
        Add(_received, mpi.Size, part, _sent);
        mpi.AllGather((nint)_sent, (nint)_received, part * sizeof(ushort));
        Widen(_received, values, count);
    }

    /// <summary>Rounds values, with zeros behind them.</summary>
    /// <param name="values">float32.</param>
    /// <param name="count">How many.</param>
    /// <param name="rounded">bfloat16.</param>
    /// <param name="length">With zeros.</param>
    internal static void Round(float* values, int count, ushort* rounded, long length)
    {
        int whole = count / Simd.Lanes * Simd.Lanes;
        for (int i = 0; i < whole; i += Simd.Lanes) BFloat16Element.Store(Vector512.Load(values + i), rounded, i);
        for (int i = whole; i < count; i++) BFloat16Element.Write(values[i], rounded, i);
        new Span<ushort>(rounded + count, (int)(length - count)).Clear();
    }

    /// <summary>Adds up parts that lie one behind the other.</summary>
    /// <param name="parts">bfloat16 (parts, length)</param>
    /// <param name="count">How many parts.</param>
    /// <param name="length">Of each; a multiple of the lanes.</param>
    /// <param name="sum">bfloat16 (length)</param>
    internal static void Add(ushort* parts, int count, int length, ushort* sum)
    {
        for (int i = 0; i < length; i += Simd.Lanes)
        {
            Vector512<float> total = BFloat16Element.Load(parts, i);
            for (int part = 1; part < count; part++) total += BFloat16Element.Load(parts, i + ((long)part * length));
            BFloat16Element.Store(total, sum, i);
        }
    }

    private static void Widen(ushort* rounded, float* values, int count)
    {
        int whole = count / Simd.Lanes * Simd.Lanes;
        for (int i = 0; i < whole; i += Simd.Lanes) BFloat16Element.Load(rounded, i).Store(values + i);
        for (int i = whole; i < count; i++) values[i] = BFloat16Element.Read(rounded, i);
    }

    private void Reserve(long length)
    {
        if (length <= _capacity) return;
        NativeMemory.Free(_sent);
        NativeMemory.Free(_received);
        _sent = (ushort*)NativeMemory.Alloc((nuint)length, sizeof(ushort));
        _received = (ushort*)NativeMemory.Alloc((nuint)length, sizeof(ushort));
        _capacity = length;
    }
}

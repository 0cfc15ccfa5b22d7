using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Electra.Native;

/// <summary>
/// A loop on libtorch's own threads. An exception must not leave the callback, where it would end the process: the first one is kept and thrown
/// when all threads are done.
/// </summary>
internal unsafe struct ParallelRegion
{
    private delegate*<void*, long, long, void> _body;
    private void* _context;
    private nint _failure; // a GCHandle of the first exception; 0: none

    /// <summary>Runs <paramref name="body"/>(context, begin, end) over chunks of [0, <paramref name="end"/>).</summary>
    public static void Run(long end, delegate*<void*, long, long, void> body, void* context, long grain)
    {
        ParallelRegion region = new() { _body = body, _context = context };
        Aten.Check(StableAbi.ParallelFor(0, end, grain, &RunChunk, &region), nameof(StableAbi.ParallelFor));
        if (region._failure == 0) return;
        var handle = GCHandle.FromIntPtr(region._failure);
        var failure = (ExceptionDispatchInfo)handle.Target!;
        handle.Free();
        failure.Throw();
    }

    [UnmanagedCallersOnly]
    private static void RunChunk(long begin, long end, void* context)
    {
        var region = (ParallelRegion*)context;
        try
        {
            region->_body(region->_context, begin, end);
        }
        catch (Exception failure)
        {
            var handle = GCHandle.Alloc(ExceptionDispatchInfo.Capture(failure));
            if (Interlocked.CompareExchange(ref region->_failure, GCHandle.ToIntPtr(handle), 0) != 0) handle.Free();
        }
    }
}

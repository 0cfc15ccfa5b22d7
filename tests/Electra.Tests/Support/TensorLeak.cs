using System.Runtime;
using static TorchSharp.torch;

namespace Electra.Tests.Support;

/// <summary>Finds tensors that code makes and does not dispose.</summary>
/// <remarks>
/// Counts every managed tensor handle of the process, so tests must run one after the other (see AssemblyInfo). What only a finalizer
/// would release is a leak: native memory gives the collector no reason to run.
/// </remarks>
internal static class TensorLeak
{
    // Enough for the managed garbage of some training steps on a tiny model.
    private const long ManagedBytes = 128 << 20;

    /// <summary>Fails when runs of <paramref name="action"/> leave more tensors alive than they found.</summary>
    /// <param name="action">The code under test. What it keeps on purpose (optimizer state, caches) must exist after the warm-up.</param>
    /// <param name="warmUp">Runs before the count.</param>
    /// <param name="repeats">Counted runs.</param>
    public static void AssertNone(Action action, int warmUp = 1, int repeats = 3)
    {
        for (int run = 0; run < warmUp; run++) action();
        long leaked = CountLeft(() =>
        {
            for (int run = 0; run < repeats; run++) action();
        });
        Assert.True(leaked == 0, $"{leaked} tensors more after {repeats} runs ({(double)leaked / repeats:0.##} a run)");
    }

    private static long CountLeft(Action action)
    {
        // What earlier tests left to the finalizer must not vanish during the count, and what the action leaks must not either.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        bool paused = GC.TryStartNoGCRegion(ManagedBytes);
        try
        {
            long before = Tensor.TotalCount;
            action();
            return Tensor.TotalCount - before;
        }
        finally
        {
            if (paused && GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) GC.EndNoGCRegion();
        }
    }
}

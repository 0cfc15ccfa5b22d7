namespace Electra.Native;

/// <summary>What <see cref="NativeBackend.TuneProcess"/> set for the process.</summary>
public sealed record ProcessTuning
{
    /// <summary>Threads that libtorch uses within an operator.</summary>
    public required int Threads { get; init; }

    /// <summary>
    /// How often a thread of libtorch's looks for work before it sleeps (<c>GOMP_SPINCOUNT</c>); null where the environment says so already, where
    /// it came too late and where libtorch has other threads than Linux's.
    /// </summary>
    public required int? SpinCount { get; init; }

    /// <summary>Whether glibc keeps large freed buffers for the next taker.</summary>
    public required bool KeepsFreedMemory { get; init; }

    /// <summary>Whether float32 matrix products on CUDA take TF32.</summary>
    public required bool UsesTensorFloat32 { get; init; }

    /// <summary>What could not be set and why, a sentence each; empty when all was.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}

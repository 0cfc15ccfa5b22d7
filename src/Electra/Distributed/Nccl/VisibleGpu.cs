using Electra.Native;

namespace Electra.Distributed;

/// <summary>
/// The one GPU of a process among those of its machine. CUDA reads which devices a process may see when it begins, and numbers them from 0; so a process that
/// sees one has it as its first, and can't take that of another by mistake.
/// </summary>
internal static class VisibleGpu
{
    /// <summary>What CUDA goes by.</summary>
    public const string Variable = "CUDA_VISIBLE_DEVICES";

    /// <summary>Lets this process see the GPU of its place on the machine only. Before CUDA begins.</summary>
    /// <param name="localRank">The place, from 0.</param>
    public static void Take(int localRank)
    {
        if (!OperatingSystem.IsLinux()) return;
        string own = Choose(Environment.GetEnvironmentVariable(Variable), localRank);
        Environment.SetEnvironmentVariable(Variable, own); // for this process's own eyes, and for programs that it starts
        _ = NativeEnvironment.Set(Variable, own);
    }

    /// <summary>The GPU of a place.</summary>
    /// <param name="visible">Those that all processes of the machine see; null for all that there are. A single one is this process's already.</param>
    /// <param name="localRank">The place.</param>
    /// <returns>Its number or name; empty where there is none.</returns>
    internal static string Choose(string? visible, int localRank)
    {
        if (visible is null) return $"{localRank}";
        string[] all = visible.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return all.Length == 1 ? all[0] : all.ElementAtOrDefault(localRank) ?? "";
    }
}

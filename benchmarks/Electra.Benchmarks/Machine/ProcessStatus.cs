namespace Electra.Benchmarks.Machine;

/// <summary>Fields of <c>/proc/self/status</c>.</summary>
internal static class ProcessStatus
{
    /// <summary>The text behind <c>name:</c>; null when there is none (for example on another system than Linux).</summary>
    public static string? Find(string name)
    {
        if (!OperatingSystem.IsLinux()) return null;
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith(name + ':', StringComparison.Ordinal));
        return line?[(name.Length + 1)..].Trim();
    }
}

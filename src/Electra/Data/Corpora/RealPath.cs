namespace Electra.Data;

/// <summary>What a path comes to when every link on its way is followed: two names of one file or folder have the same.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>How paths are compared here.</summary>
    public static StringComparer Comparer { get; } =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>Follows the links; what does not exist is taken as it is.</summary>
    /// <returns>A full path; null when links lead to each other.</returns>
    public static string? Of(string path) => Follow(Path.GetFullPath(path), MostLinks);

    private static string? Follow(string full, int links)
    {
        string real = Path.GetPathRoot(full)!;
        foreach (string name in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string folder = real;
            real = Path.Combine(folder, name);
            FileSystemInfo entry = Directory.Exists(real) ? new DirectoryInfo(real) : new FileInfo(real);
            if (entry.LinkTarget is not string target) continue;
            if (links == 0 || Follow(Path.GetFullPath(target, folder), links - 1) is not string end) return null;
            real = end;
        }

        return real;
    }
}

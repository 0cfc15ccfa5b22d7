using System.Runtime.InteropServices;

namespace Electra.Files;

/// <summary>Writes files and folders so that a crash or a power cut leaves the old content or the new one, never a mixture.</summary>
internal static class FileSync
{
    private const int ReadOnly = 0;

    /// <summary>
    /// Replaces <paramref name="path"/> in one step: <paramref name="write"/> fills a temporary file beside it, which is forced to the
    /// disk and then renamed over the old file. When <paramref name="write"/> throws, the old file stays and the temporary one is deleted.
    /// </summary>
    /// <param name="path">The file to create or replace; its folder must exist.</param>
    /// <param name="write">Writes the whole content.</param>
    public static void ReplaceFile(string path, Action<FileStream> write)
    {
        string target = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(target) ?? throw new ArgumentException($"'{path}' names a folder, not a file.", nameof(path));
        string temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        try
        {
            WriteFile(temporary, write);
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        FlushFolder(folder);
    }

    /// <summary>Creates <paramref name="path"/>, which must not exist, and forces its content to the disk.</summary>
    public static void WriteFile(string path, Action<FileStream> write)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        write(stream);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>
    /// Forces the names in a folder (files created, renamed or removed there) to the disk. Windows keeps them safe by itself, and some
    /// network file systems cannot do it; there this does nothing.
    /// </summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor = Open(folder, ReadOnly);
        if (descriptor < 0) return;
        _ = FSync(descriptor);
        _ = Close(descriptor);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int FSync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
}

using System.Globalization;
using System.Text;

namespace Electra.Training;

/// <summary>
/// Keeps the folder of a run to one process at a time. The operating system lets go of the lock when its owner ends, however that happens; the
/// files <c>run.lock</c> and <c>run.owner</c> stay behind and mean nothing by themselves.
/// </summary>
/// <remarks>
/// On file systems that know no locks (some network mounts) nothing is kept out. Within one process a second lock on the folder is refused too.
/// </remarks>
public sealed class RunLock : IDisposable
{
    private const string LockName = "run.lock", OwnerName = "run.owner";

    private readonly FileStream _held;

    private RunLock(string folder, FileStream held) => (Folder, _held) = (folder, held);

    /// <summary>The full path of the folder.</summary>
    public string Folder { get; }

    /// <summary>Takes a folder, which is created when missing, until the result is disposed.</summary>
    /// <param name="folder">The output folder of a run.</param>
    /// <exception cref="RunInUseException">Somebody has it; the message says who.</exception>
    public static RunLock Acquire(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.GetFullPath(folder);
        Directory.CreateDirectory(path);
        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (IsHeld(error))
        {
            throw new RunInUseException(path, Owner(path));
        }

        try
        {
            // In a file of its own, since nobody else can read one that is locked.
            string owner = string.Create(
                CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName}, since {DateTimeOffset.UtcNow:u}");
            File.WriteAllText(Path.Combine(path, OwnerName), owner + "\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            return new RunLock(path, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Lets go.</summary>
    public void Dispose() => _held.Dispose();

    // Other faults, such as a read-only disk, are no lock. The codes are Windows' sharing violations, and EAGAIN of Linux and of macOS.
    private static bool IsHeld(IOException error) => (error.HResult & 0xFFFF) is int code && (OperatingSystem.IsWindows() ? code is 32 or 33 : code is 11 or 35);

    private static string? Owner(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, OwnerName)).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // it is being written just now
        }
    }
}

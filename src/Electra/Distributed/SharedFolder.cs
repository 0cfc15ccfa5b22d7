namespace Electra.Distributed;

/// <summary>A folder in which processes of a group, perhaps on several machines, find each other's files.</summary>
public static class SharedFolder
{
    private const string Mark = "shared.mark";

    private static readonly TimeSpan UsualPatience = TimeSpan.FromMinutes(1), Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Makes an empty folder on rank 0, in place of one that may be there, and makes sure that all see it.</summary>
    /// <param name="group">All processes, each of which calls this.</param>
    /// <param name="path">The same for all.</param>
    /// <param name="patience">How long a process looks for it, for network file systems show what is new after a while only. <value>Default: a minute.</value></param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="IOException">On a process that does not see it.</exception>
    /// <exception cref="ProcessGroupException">Another process does not see it, or was lost.</exception>
    public static void Create(IProcessGroup group, string path, TimeSpan? patience = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(group);
        string mark = Path.Combine(path, Mark);
        string word = Heartbeat.AtRankZero(group, _ => Begin(path, mark), cancellationToken);
        Heartbeat.Run(group, heartbeat => IsSeen(mark, word, patience ?? UsualPatience, heartbeat) ? true : throw new IOException(
            $"'{path}' on {Environment.MachineName} is not the folder that rank 0 has made: all ranks need it under the same path, on one machine or on a file system that they share."), cancellationToken);
        if (group.Rank == 0) File.Delete(mark);
    }

    private static string Begin(string path, string mark)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        Directory.CreateDirectory(path);
        string word = $"{Guid.NewGuid():N}";
        File.WriteAllText(mark, word);
        return word;
    }

    private static bool IsSeen(string mark, string word, TimeSpan patience, Heartbeat heartbeat)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!File.Exists(mark) || File.ReadAllText(mark) != word)
        {
            if (TimeProvider.System.GetElapsedTime(start) > patience) return false;
            heartbeat.Beat();
            if (heartbeat.Stop.WaitHandle.WaitOne(Pause)) heartbeat.Stop.ThrowIfCancellationRequested();
        }

        return true;
    }
}

using System.Text;
using System.Text.Json;
using static TorchSharp.torch;

namespace Electra.Distributed;

/// <summary>Makes groups of processes, and what can be had of any group.</summary>
public static class ProcessGroup
{
    /// <summary>Takes up the part of this process in the group that a launcher started; without one it is a group of its own.</summary>
    /// <param name="process">What the launcher says. <value>Default: read from the environment.</value></param>
    /// <exception cref="DllNotFoundException">There are several processes, but no MPI library; says what was tried.</exception>
    /// <exception cref="InvalidDataException">
    /// What the environment says makes no sense, or the MPI library knows of another number of processes than the launcher.
    /// </exception>
    public static IProcessGroup Join(LaunchedProcess? process = null)
    {
        process ??= LaunchedProcess.Detect();
        return process.Size == 1 ? new SingleProcessGroup() : MpiProcessGroup.Start(process);
    }

    /// <summary>Has rank 0 do something while the others wait for it, and gives its result to all.</summary>
    /// <param name="group">All processes, each of which calls this.</param>
    /// <param name="action">Is called on rank 0 only. When it throws, so does this, there; the others wait until that process leaves.</param>
    /// <param name="isLimited">
    /// Whether rank 0 counts as lost when it takes longer than the group waits in one call. <value>Default: no, others wait until it leaves.</value>
    /// </param>
    /// <typeparam name="T">What can be written as JSON and read again.</typeparam>
    /// <exception cref="ProcessGroupException">A process was lost or has left.</exception>
    public static T AtRankZero<T>(this IProcessGroup group, Func<T> action, bool isLimited = false)
    {
        if (group.Size == 1) return action();
        T? result = group.Rank == 0 ? action() : default;
        group.Barrier(isLimited ? null : Timeout.InfiniteTimeSpan);
        byte[] json = group.Rank == 0 ? JsonSerializer.SerializeToUtf8Bytes(result) : [];
        double[] length = [json.Length];
        group.AllReduceSum(length);
        if (group.Rank != 0) json = new byte[(int)length[0]];
        group.Broadcast(json);
        return group.Rank == 0 ? result! : JsonSerializer.Deserialize<T>(json)!;
    }

    /// <summary>
    /// How many threads this process should compute with: <c>OMP_NUM_THREADS</c> where that is set; else its processors, shared with those processes of the
    /// group that may use the same ones, as all of a machine do unless their launcher binds them.
    /// </summary>
    /// <param name="group">All processes, each of which calls this.</param>
    /// <returns>1 or more.</returns>
    /// <exception cref="ProcessGroupException">A process was lost.</exception>
    public static int ThreadsPerRank(this IProcessGroup group)
    {
        string[] all = AllGather(group, $"{Environment.MachineName} {AllowedProcessors()}", 512);
        if (int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), out int asked) && asked > 0) return asked;
        return Math.Max(1, Environment.ProcessorCount / all.Count(other => other == all[group.Rank]));
    }

    private static string AllowedProcessors()
    {
        const string status = "/proc/self/status", mark = "Cpus_allowed_list:";
        return File.Exists(status) ? File.ReadLines(status).FirstOrDefault(line => line.StartsWith(mark, StringComparison.Ordinal)) ?? "" : "";
    }

    /// <summary>The values of all processes, one behind the other by rank.</summary>
    internal static float[] AllGather(IProcessGroup group, IReadOnlyCollection<float> own)
    {
        var counts = new double[group.Size];
        counts[group.Rank] = own.Count;
        group.AllReduceSum(counts);
        var all = new float[(long)counts.Sum()];
        int start = (int)counts.Take(group.Rank).Sum();
        foreach ((int index, float value) in own.Index()) all[start + index] = value;
        using Tensor sums = tensor(all);
        group.AllReduceSum(sums);
        return sums.data<float>().ToArray();
    }

    /// <summary>A text of each process, by rank; cut after so many bytes.</summary>
    internal static string[] AllGather(IProcessGroup group, string text, int bytes)
    {
        var all = new double[group.Size * bytes];
        foreach ((int index, byte value) in Encoding.UTF8.GetBytes(text).Take(bytes).Index()) all[(group.Rank * bytes) + index] = value;
        group.AllReduceSum(all);
        return [.. all.Chunk(bytes).Select(one => Encoding.UTF8.GetString([.. one.Select(value => (byte)value).TakeWhile(value => value != 0)]))];
    }
}

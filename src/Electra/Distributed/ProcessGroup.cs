using System.Globalization;
using System.Text;
using System.Text.Json;
using static TorchSharp.torch;

namespace Electra.Distributed;

/// <summary>Makes groups of processes, and what can be had of any group.</summary>
public static class ProcessGroup
{
    private const string TimeoutVariable = "ELECTRA_MPI_TIMEOUT";

    /// <summary>
    /// Takes up the part of this process in the group that a launcher started; without one it is a group of its own. Processes of an MPI launcher are an
    /// <see cref="MpiProcessGroup"/>, those of <c>torchrun</c> and Kubeflow a <see cref="NcclProcessGroup"/>, on GPUs. Of several processes each sees one GPU
    /// of its machine from now on, that of its local rank (<c>CUDA_VISIBLE_DEVICES</c>), so it must have used none before.
    /// </summary>
    /// <param name="process">What the launcher says. <value>Default: read from the environment.</value></param>
    /// <exception cref="DllNotFoundException">There are several processes, but no MPI library; says what was tried.</exception>
    /// <exception cref="InvalidDataException">
    /// What the environment says makes no sense, the MPI library knows of another number of processes than the launcher, or torchrun started several where
    /// there is no GPU.
    /// </exception>
    public static IProcessGroup Join(LaunchedProcess? process = null)
    {
        process ??= LaunchedProcess.Detect();
        if (process.Size == 1) return new SingleProcessGroup();
        return process.IsTorchrun ? NcclProcessGroup.Start(process) : MpiProcessGroup.Start(process);
    }

    /// <summary>
    /// Has rank 0 do something while the others wait for it, and gives its result to all. It counts as lost when it takes longer than the group waits in one call; what may
    /// take as long as it does is for <see cref="Heartbeat.AtRankZero"/>.
    /// </summary>
    /// <param name="group">All processes, each of which calls this.</param>
    /// <param name="action">Is called on rank 0 only. When it throws, so does this, there; the others wait until that process leaves.</param>
    /// <typeparam name="T">What can be written as JSON and read again.</typeparam>
    /// <exception cref="ProcessGroupException">A process was lost or has left.</exception>
    public static T AtRankZero<T>(this IProcessGroup group, Func<T> action)
    {
        if (group.Size == 1) return action();
        T? result = group.Rank == 0 ? action() : default;
        group.Barrier();
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
        // Ranks on GPUs meet by libtorch, which must be tuned before; their launcher knows how many there are.
        string[] all = group is NcclProcessGroup ? [] : AllGather(group, $"{Environment.MachineName} {AllowedProcessors()}", 512);
        if (int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), out int asked) && asked > 0) return asked;
        int sharing = group is NcclProcessGroup nccl ? nccl.Process.LocalSize ?? 1 : all.Count(other => other == all[group.Rank]);
        return Math.Max(1, Environment.ProcessorCount / sharing);
    }

    private static string AllowedProcessors()
    {
        const string status = "/proc/self/status", mark = "Cpus_allowed_list:";
        return File.Exists(status) ? File.ReadLines(status).FirstOrDefault(line => line.StartsWith(mark, StringComparison.Ordinal)) ?? "" : "";
    }

    /// <summary>How long a process waits for the others in one call, as the environment says or by default.</summary>
    /// <exception cref="InvalidDataException">It says something else.</exception>
    internal static TimeSpan Patience()
    {
        if (Environment.GetEnvironmentVariable(TimeoutVariable) is not { Length: > 0 } text) return TimeSpan.FromMinutes(10);
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds > 0 && seconds < int.MaxValue)
            return TimeSpan.FromSeconds(seconds);
        throw new InvalidDataException($"{TimeoutVariable} is '{text}', but should be a number of seconds above 0.");
    }

    /// <summary>Refuses a tensor whose values lie apart.</summary>
    internal static void RequireContiguous(Tensor tensor)
    {
        if (!tensor.is_contiguous()) throw new ArgumentException("The tensor is not contiguous: its values lie apart.", nameof(tensor));
    }

    /// <summary>Refuses what can't travel as bfloat16, where it is to.</summary>
    internal static void RequireCompressible(Tensor tensor, GradientCompression compression)
    {
        if (compression == GradientCompression.BFloat16 && tensor.dtype != ScalarType.Float32)
            throw new ArgumentException($"What is compressed to bfloat16 is float32, not {tensor.dtype}.", nameof(tensor));
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

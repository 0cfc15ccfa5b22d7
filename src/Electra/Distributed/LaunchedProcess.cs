using System.Collections;
using System.Globalization;

namespace Electra.Distributed;

/// <summary>
/// What a launcher says of this process in its environment: which of how many it is. Known are Open MPI's <c>mpirun</c> (OMPI_COMM_WORLD_*), launchers
/// with PMI as MPICH's and Intel's (PMI_*), <c>torchrun</c> and Kubeflow (RANK, WORLD_SIZE, LOCAL_RANK) and Slurm's <c>srun</c> (SLURM_*).
/// </summary>
/// <param name="Launcher">What said so, with its variables; null when no launcher did.</param>
/// <param name="Rank">This process, from 0.</param>
/// <param name="Size">All processes.</param>
/// <param name="LocalRank">
/// This process among those of its machine, from 0; null when the launcher does not say. Kubeflow's, which starts one a pod, need not: 0.
/// </param>
/// <param name="LocalSize">The processes of this machine; null when the launcher does not say.</param>
public sealed record LaunchedProcess(string? Launcher, int Rank, int Size, int? LocalRank, int? LocalSize)
{
    // A launcher within an allocation of Slurm's inherits Slurm's variables, and may itself be started by srun, once a machine: they count
    // only where nothing else is said, and only in a step of srun's (a batch script has the number of tasks, too, and is one process).
    private static readonly Source Slurm = new("Slurm", "SLURM_PROCID", ["SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"], "SLURM_LOCALID", "");

    private static readonly Source[] Sources =
    [
        new("Open MPI", "OMPI_COMM_WORLD_RANK", ["OMPI_COMM_WORLD_SIZE"], "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE"),
        new("PMI, as of MPICH", "PMI_RANK", ["PMI_SIZE"], "MPI_LOCALRANKID", "MPI_LOCALNRANKS"),
        new("torchrun or Kubeflow", "RANK", ["WORLD_SIZE"], "LOCAL_RANK", "LOCAL_WORLD_SIZE", UsualLocalRank: 0),
    ];

    /// <summary>A process that no launcher started.</summary>
    public static LaunchedProcess Alone { get; } = new(null, 0, 1, 0, 1);

    /// <summary>Whether the launcher is Open MPI's, whose library must be used then.</summary>
    internal bool IsOpenMpi => Launcher?.StartsWith(Sources[0].Name, StringComparison.Ordinal) == true;

    /// <summary>Whether the launcher speaks PMI, as MPICH's and Intel's.</summary>
    internal bool IsPmi => Launcher?.StartsWith(Sources[1].Name, StringComparison.Ordinal) == true;

    /// <summary>Whether the launcher is torchrun, or another with its variables, which starts no MPI.</summary>
    internal bool IsTorchrun => Launcher?.StartsWith(Sources[2].Name, StringComparison.Ordinal) == true;

    /// <summary>Reads the environment.</summary>
    /// <param name="environment">Its variables. <value>Default: those of this process.</value></param>
    /// <exception cref="InvalidDataException">A variable is missing or no number that fits, or two launchers contradict each other; names them.</exception>
    public static LaunchedProcess Detect(IReadOnlyDictionary<string, string>? environment = null)
    {
        environment ??= OfThisProcess();
        LaunchedProcess[] found = [.. Sources.Select(source => source.Read(environment)).OfType<LaunchedProcess>()];
        foreach (LaunchedProcess other in found.Skip(1))
        {
            if ((other.Rank, other.Size) == (found[0].Rank, found[0].Size)) continue;
            throw new InvalidDataException(
                $"Two launchers contradict each other: {found[0].Launcher} and {other.Launcher}. Start the program with one of them, or unset the other's variables.");
        }

        if (found.Length > 0) return found[0];
        bool isStep = environment.ContainsKey("SLURM_STEP_ID") || environment.ContainsKey("SLURM_STEPID");
        return (isStep ? Slurm.Read(environment) : null) ?? Alone;
    }

    /// <summary>The environment of this process.</summary>
    internal static Dictionary<string, string> OfThisProcess() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "");

    private sealed record Source(string Name, string Rank, string[] Size, string LocalRank, string LocalSize, int? UsualLocalRank = null)
    {
        public LaunchedProcess? Read(IReadOnlyDictionary<string, string> environment)
        {
            string? sizeName = Size.FirstOrDefault(environment.ContainsKey);
            // RANK alone may be anything; what the others are called says whose they are.
            if (!environment.ContainsKey(Rank) || (sizeName is null && Rank == "RANK")) return null;
            if (sizeName is null) throw new InvalidDataException($"{Rank} is set without {Size[0]}: {Name} sets both. Unset it to start a single process.");
            int rank = Number(environment, Rank)!.Value, size = Number(environment, sizeName)!.Value;
            string said = $"{Name} ({Rank}={rank}, {sizeName}={size})";
            if (size < 1 || rank >= size) throw new InvalidDataException($"{said}: ranks go from 0 to {sizeName} - 1.");
            return new LaunchedProcess(said, rank, size, Number(environment, LocalRank) ?? UsualLocalRank, Number(environment, LocalSize));
        }

        private static int? Number(IReadOnlyDictionary<string, string> environment, string name)
        {
            if (!environment.TryGetValue(name, out string? text)) return null;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return number;
            throw new InvalidDataException($"{name} is '{text}', but should be a whole number of a launcher's.");
        }
    }
}

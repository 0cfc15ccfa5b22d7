using Electra.Distributed;

namespace Electra.Tests.Distributed;

public class LaunchedProcessTests
{
    [Theory]
    [InlineData("", null, 0, 1, 0, 1)]
    [InlineData("PATH=/bin RANK=3", null, 0, 1, 0, 1)] // a RANK of something else
    [InlineData("OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=8 OMPI_COMM_WORLD_LOCAL_RANK=1 OMPI_COMM_WORLD_LOCAL_SIZE=2", "Open MPI", 3, 8, 1, 2)]
    [InlineData("PMI_RANK=0 PMI_SIZE=4 MPI_LOCALRANKID=0 MPI_LOCALNRANKS=4", "PMI", 0, 4, 0, 4)]
    [InlineData("PMI_RANK=2 PMI_SIZE=4", "PMI", 2, 4, null, null)]
    [InlineData("RANK=5 WORLD_SIZE=6 LOCAL_RANK=1 LOCAL_WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=1", "torchrun", 5, 6, 1, 2)]
    [InlineData("RANK=5 WORLD_SIZE=6", "torchrun", 5, 6, 0, null)] // Kubeflow, one a pod
    [InlineData("SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_STEP_NUM_TASKS=2 SLURM_LOCALID=1 SLURM_STEP_ID=0", "Slurm", 1, 2, 1, null)]
    [InlineData("SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_STEPID=0", "Slurm", 1, 2, null, null)]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=16", null, 0, 1, 0, 1)] // a batch script, which is one process
    [InlineData("SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1 SLURM_NTASKS=16 SLURM_STEP_ID=2", "Slurm", 0, 1, null, null)] // a shell within an allocation
    [InlineData("SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_STEP_ID=0 PMI_RANK=1 PMI_SIZE=2", "PMI", 1, 2, null, null)] // srun --mpi=pmi2
    [InlineData("SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2 SLURM_STEP_ID=0 OMPI_COMM_WORLD_RANK=5 OMPI_COMM_WORLD_SIZE=8", "Open MPI", 5, 8, null, null)] // mpirun by srun
    [InlineData("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 PMI_RANK=1 PMI_SIZE=2", "Open MPI", 1, 2, null, null)]
    public void Rank_and_size_come_from_whichever_launcher_is_there(string variables, string? launcher, int rank, int size, int? localRank, int? localSize)
    {
        LaunchedProcess found = LaunchedProcess.Detect(Environment(variables));
        Assert.Equal((rank, size, localRank, localSize), (found.Rank, found.Size, found.LocalRank, found.LocalSize));
        if (launcher is null) Assert.Null(found.Launcher);
        else Assert.StartsWith(launcher, found.Launcher, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 RANK=0 WORLD_SIZE=4", "Open MPI (OMPI_COMM_WORLD_RANK=1, OMPI_COMM_WORLD_SIZE=2)", "(RANK=0, WORLD_SIZE=4)")]
    [InlineData("PMI_RANK=1 PMI_SIZE=2 RANK=0 WORLD_SIZE=2", "(PMI_RANK=1, PMI_SIZE=2)", "torchrun or Kubeflow (RANK=0, WORLD_SIZE=2)")]
    [InlineData("OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2 PMI_RANK=0 PMI_SIZE=3", "OMPI_COMM_WORLD_SIZE=2", "PMI_SIZE=3")]
    [InlineData("OMPI_COMM_WORLD_RANK=1", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")]
    [InlineData("PMI_RANK=one PMI_SIZE=2", "PMI_RANK", "'one'")]
    [InlineData("PMI_RANK=-1 PMI_SIZE=2", "PMI_RANK", "'-1'")]
    [InlineData("RANK=2 WORLD_SIZE=2", "RANK=2", "WORLD_SIZE=2")]
    [InlineData("RANK=0 WORLD_SIZE=0", "RANK=0", "WORLD_SIZE=0")]
    [InlineData("RANK=0 WORLD_SIZE=2 LOCAL_RANK=", "LOCAL_RANK", "''")]
    public void What_makes_no_sense_is_an_error_that_names_the_variables(string variables, string one, string other)
    {
        string message = Assert.Throws<InvalidDataException>(() => LaunchedProcess.Detect(Environment(variables))).Message;
        Assert.Contains(one, message, StringComparison.Ordinal);
        Assert.Contains(other, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_that_no_launcher_started_is_a_group_of_its_own()
    {
        using IProcessGroup group = ProcessGroup.Join(LaunchedProcess.Alone);
        Assert.Equal((0, 1), (group.Rank, group.Size));
        double[] values = [1, 2];
        group.AllReduceSum(values);
        Assert.Equal([1, 2], values);
        Assert.Equal("done", group.AtRankZero(() => "done"));
        Assert.Throws<IOException>(() => group.AtRankZero<int>(() => throw new IOException()));
    }

    internal static Dictionary<string, string> Environment(string variables) =>
        variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
}

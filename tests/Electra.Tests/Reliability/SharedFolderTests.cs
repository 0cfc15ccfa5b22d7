using System.Diagnostics;
using Electra.Distributed;
using Electra.Tests.Distributed;
using Electra.Tests.Pretraining;
using Electra.Tests.Support;
using Electra.Training;

namespace Electra.Tests.Reliability;

/// <summary>The folder of a run of several ranks is theirs alone.</summary>
public class SharedFolderTests
{
    [SkippableFact]
    public void Ranks_share_one_folder_and_keep_every_other_run_out_of_it()
    {
        MpiLauncher mpi = MpiLauncher.RequireAny();
        using var folder = new TemporaryFolder();
        SyntheticCorpus.Write(folder.File("shards"));
        (string, string)[] environment = [("OMP_NUM_THREADS", "1"), ("ELECTRA_MPI_TIMEOUT", "60"), ("TERM", "dumb")];
        using Process first = ChildProgram.StartBy([.. mpi.Command, "-n", "2"], Train, folder.FullPath, environment);
        Task<string> errors = first.StandardError.ReadToEndAsync();
        while (first.StandardOutput.ReadLine() is string line && line != "training") ;

        // a process alone, and another group of ranks, of which only the first looks for the lock
        RunInUseException refused = Assert.Throws<RunInUseException>(() => RunLock.Acquire(folder.File("run")));
        MpiLauncher.LaunchResult second = mpi.Run(2, Train, folder.FullPath);
        Assert.NotEqual(0, second.ExitCode);
        Assert.Single(second.Lines, line => line.StartsWith("rank 0 is refused", StringComparison.Ordinal) && line.Contains(refused.Owner!, StringComparison.Ordinal));
        Assert.DoesNotContain(second.Lines, line => line.StartsWith("rank 1 is refused", StringComparison.Ordinal));
        Assert.DoesNotContain("training", second.Lines);

        folder.Write("go", "");
        string rest = first.StandardOutput.ReadToEnd();
        first.WaitForExit();
        Assert.True(first.ExitCode == 0, errors.Result + rest);
        Assert.Contains("done", rest, StringComparison.Ordinal);
        RunLock.Acquire(folder.File("run")).Dispose();
    }

    private static void Train(string folder)
    {
        using IProcessGroup group = ProcessGroup.Join();
        int code = 0;
        try
        {
            using var run = new PretrainingRun(folder, PretrainingRun.Options(folder, steps: 6) with { SaveEvery = 2 }, null, group: group);
            run.Trainer.StepMade = step =>
            {
                if (group.Rank != 0 || step != 3) return;
                Console.WriteLine("training");
                SpinWait.SpinUntil(() => File.Exists(Path.Combine(folder, "go")), TimeSpan.FromMinutes(2));
            };
            run.Trainer.Train();
            if (group.Rank == 0) Console.WriteLine("done");
        }
        catch (RunInUseException error)
        {
            Console.WriteLine($"rank {group.Rank} is refused: {error.Message}");
            code = 2;
        }
        catch (ProcessGroupException)
        {
            code = 1;
        }

        group.Leave(code);
        Environment.Exit(code);
    }
}

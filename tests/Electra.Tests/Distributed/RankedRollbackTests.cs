using System.Globalization;
using System.Runtime.InteropServices;
using Electra.Distributed;
using Electra.Pretraining;
using Electra.Tests.Pretraining;
using Electra.Tests.Support;
using Electra.Tests.Training;
using Electra.Training;

namespace Electra.Tests.Distributed;

/// <summary>Ranks of which only one has numbers that go wrong.</summary>
public class RankedRollbackTests
{
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)] // each rank leaves out its own updates
    public void What_goes_wrong_on_one_rank_takes_all_of_them_back(bool isLocal)
    {
        MpiLauncher mpi = MpiLauncher.RequireAny();
        using var folder = new TemporaryFolder();
        SyntheticCorpus.Write(folder.File("shards"));
        string[] lines = mpi.Run(2, isLocal ? PretrainLocally : Pretrain, folder.FullPath).Succeeded();
        Assert.Equal(isLocal ? ["Rollback 6", "step 14, 1 rollback"] : ["Rollback 6", "SkippedSteps 8", "SkippedSteps 9", "step 14, 1 rollback"], lines); // sorted
        byte[] weights = File.ReadAllBytes(folder.File("weights-0"));
        Assert.Equal(weights, File.ReadAllBytes(folder.File("weights-1")));
        Assert.True(MemoryMarshal.Cast<byte, float>(weights).ToArray().All(float.IsFinite));
    }

    private static void Pretrain(string folder) => Train(folder, RollbackTests.Options(folder));

    private static void PretrainLocally(string folder) => Train(folder, RollbackTests.Options(folder) with { LocalSgd = new LocalSgdOptions { Steps = 3 }, EvaluateEvery = 0 });

    private static void Train(string folder, PretrainingOptions options)
    {
        IProcessGroup group = ProcessGroup.Join();
        var told = new RecordedEvents();
        int read = 0;
        using (var run = new PoisonedRun(
            folder, options, _ => ++read is 8 or 9 && group.Rank == 1 ? Poison.LossAlone : Poison.None, told, group))
        {
            TrainingOutcome outcome = run.Trainer.Train();
            File.WriteAllBytes(Path.Combine(folder, $"weights-{group.Rank}"), MemoryMarshal.AsBytes(run.Weights().AsSpan()));
            Assert.Equal(17, run.Batches.Count);
            foreach (TrainingEvent what in told.Events) Console.Out.WriteLine($"{what.Kind} {what.Step}");
            if (group.Rank == 0)
            {
                int rollbacks = told.Events.Count(what => what.Kind == TrainingEventKind.Rollback);
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {outcome.Step}, {rollbacks} rollback"));
            }
        }

        group.Leave(0);
    }
}

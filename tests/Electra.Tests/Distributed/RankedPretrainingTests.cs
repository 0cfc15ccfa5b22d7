using System.Globalization;
using System.Runtime.InteropServices;
using Electra.Distributed;
using Electra.Pretraining;
using Electra.Tests.Pretraining;
using Electra.Tests.Support;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Tests.Distributed;

/// <summary>Ranks that pre-train together, against one process with the same global batch.</summary>
public class RankedPretrainingTests
{
    private const double Tolerance = 1e-5;
    private const long Steps = 50;

    [SkippableTheory]
    [InlineData(MpiLauncher.OpenMpi, 2, null, 0.0)]
    [InlineData(MpiLauncher.OpenMpi, 4, 2, 0.1)]
    [InlineData(MpiLauncher.Mpich, 2, 2, 0.1)]
    [InlineData(MpiLauncher.Mpich, 3, 4, 0.0)] // fewer parts than ranks, and shares of different sizes
    [InlineData(MpiLauncher.Mpich, 4, 2, 0.0)]
    public void Ranks_compute_what_one_process_does(string launcher, int ranks, int? microBatch, double dropout)
    {
        MpiLauncher mpi = MpiLauncher.Require(launcher);
        using var folder = new TemporaryFolder();
        SyntheticCorpus.Write(folder.File("shards"));
        double[][] alone = Figures(ChildProgram.Run(Pretrain, Argument(folder, "alone", microBatch, dropout), ("OMP_NUM_THREADS", "1")));
        double[][] together = Figures(mpi.Run(ranks, Pretrain, Argument(folder, "together", microBatch, dropout)).Succeeded());
        AssertEqual(alone, together, from: 1);
        AssertSameWeights(folder, "together", ranks);
        AssertClose(Weights(folder, "alone", 0), Weights(folder, "together", 0));
        AssertEqual(Evaluations(folder, "alone"), Evaluations(folder, "together")); // each rank evaluated a part
    }

    [SkippableTheory]
    [InlineData(MpiLauncher.OpenMpi)]
    [InlineData(MpiLauncher.Mpich)]
    public void Sums_beside_the_backward_pass_give_the_same_bits(string launcher)
    {
        MpiLauncher mpi = MpiLauncher.Require(launcher);
        using var folder = new TemporaryFolder();
        SyntheticCorpus.Write(folder.File("shards"));
        double[][] after = Figures(mpi.Run(2, Pretrain, Argument(folder, "after", 2, 0.1, "after")).Succeeded());
        double[][] beside = Figures(mpi.Run(2, Pretrain, Argument(folder, "beside", 2, 0.1, "beside")).Succeeded());
        Assert.Equal(after, beside);
        Assert.Equal(File.ReadAllBytes(folder.File("after", "weights-0")), File.ReadAllBytes(folder.File("beside", "weights-0")));
    }

    [SkippableFact]
    public void Gradients_that_travel_in_bfloat16_train_about_as_well()
    {
        MpiLauncher mpi = MpiLauncher.RequireAny();
        using var folder = new TemporaryFolder();
        SyntheticCorpus.Write(folder.File("shards"));
        double[][] exact = Figures(mpi.Run(2, Pretrain, Argument(folder, "exact", 2, 0)).Succeeded());
        double[][] rounded = Figures(mpi.Run(2, Pretrain, Argument(folder, "rounded", 2, 0, "rounded")).Succeeded());
        AssertSameWeights(folder, "rounded", 2);
        Assert.NotEqual(exact[^1], rounded[^1]);
        Assert.All(Evaluations(folder, "exact")[^1].Zip(Evaluations(folder, "rounded")[^1]), figure => Assert.Equal(figure.First, figure.Second, 0.02 * Math.Max(1, Math.Abs(figure.First))));
    }

    [SkippableFact]
    public void Ranks_that_average_their_weights_now_and_then_learn_and_go_on_where_they_were()
    {
        MpiLauncher mpi = MpiLauncher.RequireAny();
        using var folder = new TemporaryFolder();
        SyntheticCorpus.Write(folder.File("shards"));
        double[][] whole = Figures(mpi.Run(2, Pretrain, Argument(folder, "whole", 2, 0.1, "local")).Succeeded());
        AssertSameWeights(folder, "whole", 2);
        Assert.InRange(whole.TakeLast(10).Average(line => line[1]), 0, whole.Take(10).Average(line => line[1]) - 0.2);

        // stopped where weights were averaged, and within such a round, where they are then
        double[][] first = Figures(mpi.Run(2, Pretrain, Argument(folder, "parts", 2, 0.1, "local 20")).Succeeded());
        AssertSameWeights(folder, "parts", 2);
        double[][] second = Figures(mpi.Run(2, Pretrain, Argument(folder, "parts", 2, 0.1, "local 37")).Succeeded());
        AssertSameWeights(folder, "parts", 2);
        Assert.Equal(whole.Take(37), [.. first, .. second]);
        double[][] third = Figures(mpi.Run(3, Pretrain, Argument(folder, "parts", 2, 0.1, "local")).Succeeded());
        AssertSameWeights(folder, "parts", 3);
        Assert.Equal(13, third.Length);
    }

    [SkippableFact]
    public void A_run_goes_on_with_another_number_of_ranks_where_it_was()
    {
        MpiLauncher mpi = MpiLauncher.RequireAny();
        using var folder = new TemporaryFolder();
        SyntheticCorpus.Write(folder.File("shards"));
        double[][] alone = Figures(ChildProgram.Run(Pretrain, Argument(folder, "alone", 2, 0.1), ("OMP_NUM_THREADS", "1")));

        // stopped by the last rank's signal alone
        double[][] first = Figures(mpi.Run(2, Pretrain, Argument(folder, "parts", 2, 0.1, "stop 17")).Succeeded());
        double[][] second = Figures(mpi.Run(4, Pretrain, Argument(folder, "parts", 2, 0.1, "stop 33")).Succeeded());
        double[][] third = Figures(ChildProgram.Run(Pretrain, Argument(folder, "parts", 2, 0.1), ("OMP_NUM_THREADS", "1")));
        AssertEqual(alone, [.. first, .. second, .. third], from: 1);
        AssertClose(Weights(folder, "alone", 0), Weights(folder, "parts", 0));
    }

    [SkippableFact]
    public void A_killed_rank_ends_the_run_which_then_goes_on_from_its_last_checkpoint()
    {
        MpiLauncher mpi = MpiLauncher.RequireAny();
        using var folder = new TemporaryFolder();
        SyntheticCorpus.Write(folder.File("shards"));
        double[][] alone = Figures(ChildProgram.Run(Pretrain, Argument(folder, "alone", 2, 0.1), ("OMP_NUM_THREADS", "1")));
        MpiLauncher.LaunchResult killed = mpi.Run(3, Pretrain, Argument(folder, "parts", 2, 0.1, "die 27"));
        Assert.NotEqual(0, killed.ExitCode);
        Assert.InRange(killed.Time, TimeSpan.Zero, TimeSpan.FromSeconds(90));
        Assert.Equal(["step-000010", "step-000020"], Directory.GetDirectories(folder.File("parts", "run", "checkpoints")).Select(Path.GetFileName).Order());
        double[][] rest = Figures(mpi.Run(2, Pretrain, Argument(folder, "parts", 2, 0.1)).Succeeded());
        AssertEqual(alone, rest, from: 21);
        AssertClose(Weights(folder, "alone", 0), Weights(folder, "parts", 0));
    }

    [SkippableFact]
    public void A_budget_ends_all_ranks_at_the_same_update_by_the_clock_of_rank_0()
    {
        using var folder = new TemporaryFolder();
        SyntheticCorpus.Write(folder.File("shards"));
        double[][] figures = Figures(MpiLauncher.RequireAny().Run(3, Pretrain, Argument(folder, "run", 2, 0.1, "budget")).Succeeded());
        Assert.NotEmpty(figures);
        AssertSameWeights(folder, "run", 3);
        Assert.Equal([$"step-{figures[^1][0]:000000}"], Directory.GetDirectories(folder.File("run", "run", "checkpoints")).Order().TakeLast(1).Select(Path.GetFileName));
    }

    [SkippableTheory]
    [InlineData("drift 23", "By step 23 the weights of rank 1 differ from those of rank 0")]
    [InlineData("other", "rank 1 was started with other options or other data than rank 0.")]
    public void Ranks_that_come_apart_end_the_run_with_a_name(string what, string message)
    {
        using var folder = new TemporaryFolder();
        SyntheticCorpus.Write(folder.File("shards"));
        MpiLauncher.LaunchResult result = MpiLauncher.RequireAny().Run(3, Pretrain, Argument(folder, "parts", 2, 0.1, what));
        Assert.NotEqual(0, result.ExitCode);
        string[] told = [.. result.Lines.Where(line => line.StartsWith("rank ", StringComparison.Ordinal))];
        Assert.Equal(3, told.Length);
        Assert.All(told, line => Assert.Contains(message, line, StringComparison.Ordinal));
        if (what == "other") Assert.Contains("options.LearningRate is 0.002 here, but on rank 0 0.001", told[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_with_fewer_examples_than_ranks_is_refused()
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 2);
        Assert.Throws<ArgumentException>(() => RankShare.RequireEnough(options, 9));
        RankShare.RequireEnough(options, 8);
        Assert.Throws<ArgumentException>(() => RankShare.RequireEnough(options with { BatchRamp = new BatchRamp { InitialBatchSize = 4, Share = 0.5 } }, 8));
    }

    private static string Argument(TemporaryFolder folder, string name, int? microBatch, double dropout, string what = "") =>
        string.Create(CultureInfo.InvariantCulture, $"{folder.FullPath};{name};{microBatch};{dropout};{what}");

    /// <summary>The ranks' program: trains, and prints a line of figures for each update.</summary>
    private static void Pretrain(string argument)
    {
        string[] given = argument.Split(';');
        (string folder, string name, string[] what) = (given[0], given[1], given[4].Split(' '));
        IProcessGroup group = ProcessGroup.Join();
        bool isLast = group.Rank == group.Size - 1;
        PretrainingOptions options = PretrainingRun.Options(folder, Steps, given[2].Length == 0 ? null : int.Parse(given[2], CultureInfo.InvariantCulture)) with
        {
            OutputFolder = Path.Combine(folder, name, "run"),
            LogEvery = 1,
            EvaluateEvery = 15,
            SaveEvery = 10,
            // The other ranks' clocks run an hour a second.
            Budget = what[0] == "budget" ? TimeSpan.FromSeconds(4) : null,
            LearningRate = what[0] == "other" && group.Rank == 1 ? 2e-3 : 1e-3,
            LocalSgd = what[0] == "local" ? new LocalSgdOptions { Steps = 5 } : null,
            DataParallel = new DataParallelOptions
            {
                BucketBytes = what[0] is "after" or "beside" ? 16_384 : 4 << 20, // several pieces where that is the question
                OverlapCommunication = what[0] != "after",
                Compression = what[0] == "rounded" ? GradientCompression.BFloat16 : GradientCompression.None,
            },
        };
        var recorder = new PretrainingRecorder();
        using var stop = new CancellationTokenSource();
        try
        {
            TimeProvider? clock = what[0] == "budget" && group.Rank != 0 ? new FastClock() : null;
            using var run = new PretrainingRun(folder, options, recorder, double.Parse(given[3], CultureInfo.InvariantCulture), time: clock, group: group);
            Assert.Throws<RunInUseException>(() => RunLock.Acquire(options.OutputFolder)); // rank 0 holds it for all
            run.Trainer.StepMade = step =>
            {
                if (what.Length < 2 || step != int.Parse(what[1], CultureInfo.InvariantCulture)) return;
                if (what[0] is "stop" or "local" && isLast) stop.Cancel();
                if (what[0] == "die" && isLast) System.Diagnostics.Process.GetCurrentProcess().Kill();
                if (what[0] != "drift" || group.Rank != 1) return;
                using (no_grad()) run.Model.NamedParameters()[0].Parameter.view(-1).narrow(0, 0, 1).mul_(1.0000001);
            };
            TrainingOutcome outcome = run.Trainer.Train(stop.Token);
            bool isStopped = what[0] == "stop" || what is ["local", _];
            Assert.Equal(!isStopped, outcome.Completed);
            if (what[0] is "after" or "beside") Assert.Equal(what[0] == "beside", run.Trainer.OverlappedSums > 0);
            Assert.Equal(outcome.Completed && group.Rank == 0, outcome.Evaluation is not null && outcome.Completed);
            if (what[0] != "budget") Assert.Equal(isStopped ? long.Parse(what[1], CultureInfo.InvariantCulture) : Steps, outcome.Step);
            Assert.True(Directory.Exists(outcome.Checkpoint));
            File.WriteAllLines(Path.Combine(folder, name, $"evaluations-{group.Rank}"), recorder.Evaluations.Select(evaluation =>
                string.Join(' ', evaluation.Report.Figures().Select(figure => figure.Value.ToString("R", CultureInfo.InvariantCulture)))));
            File.WriteAllBytes(Path.Combine(folder, name, $"weights-{group.Rank}"), MemoryMarshal.AsBytes(run.Weights().AsSpan()));
        }
        catch (ProcessGroupException lost)
        {
            Console.Out.WriteLine($"rank {group.Rank}: {lost.Message}");
            group.Leave(1);
            Environment.Exit(1);
        }

        if (group.Rank != 0) Assert.Empty(recorder.Reports);
        foreach (StepReport report in recorder.Reports)
        {
            IEnumerable<string> figures = report.Figures().Where(figure => figure.Name is not "tokens_per_second")
                .Select(figure => figure.Value.ToString("R", CultureInfo.InvariantCulture));
            Console.Out.WriteLine($"{report.Step:D3} {string.Join(' ', figures)}");
        }

        group.Leave(0);
    }

    private sealed class FastClock : TimeProvider
    {
        public override long GetTimestamp() => base.GetTimestamp() * 3600;
    }

    private static double[][] Figures(string[] lines) =>
        [.. lines.Select(line => line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray())];

    private static void AssertEqual(double[][] alone, double[][] together, int from)
    {
        Assert.Equal(Enumerable.Range(from, (int)Steps - from + 1).Select(step => (double)step), together.Select(line => line[0]));
        Assert.All(alone[(from - 1)..].Zip(together), pair =>
            Assert.All(pair.First.Zip(pair.Second), figure => Assert.Equal(figure.First, figure.Second, Tolerance * Math.Max(1, Math.Abs(figure.First)))));
    }

    private static double[][] Evaluations(TemporaryFolder folder, string name) => Figures(File.ReadAllLines(folder.File(name, "evaluations-0")));

    private static void AssertEqual(double[][] alone, double[][] together)
    {
        Assert.NotEmpty(alone);
        Assert.Equal(alone.Length, together.Length);
        Assert.All(alone.Zip(together), pair => Assert.All(pair.First.Zip(pair.Second), figure => Assert.Equal(figure.First, figure.Second, Tolerance * Math.Max(1, Math.Abs(figure.First)))));
    }

    private static float[] Weights(TemporaryFolder folder, string name, int rank) =>
        MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(folder.File(name, $"weights-{rank}"))).ToArray();

    private static void AssertSameWeights(TemporaryFolder folder, string name, int ranks)
    {
        for (int rank = 1; rank < ranks; rank++)
            Assert.Equal(File.ReadAllBytes(folder.File(name, "weights-0")), File.ReadAllBytes(folder.File(name, $"weights-{rank}")));
    }

    private static void AssertClose(float[] alone, float[] together)
    {
        Assert.Equal(alone.Length, together.Length);
        float most = alone.Zip(together).Max(pair => Math.Abs(pair.First - pair.Second));
        Assert.InRange(most, 0, (float)Tolerance);
    }
}

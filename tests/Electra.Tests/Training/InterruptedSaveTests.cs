using System.Diagnostics;
using System.Globalization;
using Electra.Tests.Support;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Tests.Training;

/// <summary>A save that ends in its midst, by will or by force: what was saved before is there.</summary>
public sealed class InterruptedSaveTests : IDisposable
{
    private static readonly string[] Stages = ["folder", "tensors", "state", "manifest", "replaced", "published", "removed"];

    private readonly CheckpointFolder run = new();

    public void Dispose() => run.Dispose();

    [Theory]
    [InlineData("tensors")]
    [InlineData("manifest")]
    public void A_save_that_is_given_up_leaves_the_checkpoints_before(string stage)
    {
        run.Save(10);
        using var cancellation = new CancellationTokenSource();
        TrainingCheckpointStore store = run.Store(keepLast: 1, passed =>
        {
            if (passed == stage) cancellation.Cancel();
        });
        using Tensor parameters = zeros(10);
        Assert.Throws<OperationCanceledException>(() => store.Save(20, [("parameters", parameters)], [], cancellation.Token));
        run.AssertLatest(10);
    }

    [Fact]
    public void Stopped_after_any_stage_an_intact_checkpoint_remains_and_the_next_save_cleans_up()
    {
        foreach (string stage in Stages)
        {
            foreach (int keepLast in (int[])[1, 2])
            {
                using var fresh = new CheckpointFolder();
                foreach (long step in (long[])[10, 20]) CheckpointFolder.Save(fresh.Store(keepLast), step);
                bool published = stage is "published" or "removed";
                long last = stage == "removed" ? 30 : 20;
                SaveStoppingAt(stage, last, keepLast, fresh);
                fresh.AssertLatest(last, version: published ? 2 : 1);
                CheckpointFolder.Save(fresh.Store(keepLast), 40);
                fresh.AssertLatest(40);
                Assert.Equal(fresh.Store(keepLast).Steps().Count, fresh.Names().Count());
                Assert.InRange(fresh.Store(keepLast).Steps().Count, 1, keepLast);
                Assert.Empty(fresh.Warnings);
            }
        }
    }

    [SkippableFact]
    public void A_process_killed_again_and_again_while_it_saves_always_leaves_its_last_checkpoint()
    {
        Skip.If(OperatingSystem.IsWindows(), "needs kill -9");
        var random = new Random(5);
        long reported = 0;
        for (int round = 0; round < 4; round++)
        {
            using Process child = ChildProgram.Start(SaveForever, run.FullPath);
            for (int line = 0; line < 4; line++)
            {
                string? text = child.StandardOutput.ReadLine();
                Assert.True(text is not null, text is null ? child.StandardError.ReadToEnd() : "");
                reported = long.Parse(text!, CultureInfo.InvariantCulture);
            }

            Thread.Sleep(random.Next(0, 12));
            child.Kill();
            child.WaitForExit();
            using TrainingCheckpoint loaded = run.Store(2).LoadLatest()!;
            Assert.InRange(loaded.Step, reported, long.MaxValue);
            CheckpointFolder.AssertContent(loaded, version: 1);
            Assert.Empty(run.Warnings);
        }

        Assert.True(reported >= 16, $"only step {reported} was reached: rounds did not go on from each other");
    }

    /// <summary>The child's program: resumes, then saves step after step, naming each that is safe.</summary>
    private static void SaveForever(string path)
    {
        var store = new TrainingCheckpointStore(path, keepLast: 2);
        using TrainingCheckpoint? latest = store.LoadLatest();
        for (long step = latest?.Step ?? 0; ;)
        {
            CheckpointFolder.Save(store, ++step);
            Console.Out.WriteLine(step);
            Console.Out.Flush();
        }
    }

    private static void SaveStoppingAt(string stage, long step, int keepLast, CheckpointFolder within)
    {
        TrainingCheckpointStore store = within.Store(keepLast, passed =>
        {
            if (passed == stage) throw new OperationCanceledException(stage);
        });
        Assert.Equal(stage, Assert.Throws<OperationCanceledException>(() => CheckpointFolder.Save(store, step, version: 2)).Message);
    }
}

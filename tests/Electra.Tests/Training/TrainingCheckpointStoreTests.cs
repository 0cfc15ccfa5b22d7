using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Electra.Tests.Support;
using Electra.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using static TorchSharp.torch;

namespace Electra.Tests.Training;

public sealed class TrainingCheckpointStoreTests : IDisposable
{
    private static readonly string[] Stages = ["folder", "tensors", "state", "manifest", "replaced", "published", "removed"];

    private readonly TemporaryFolder folder = new();
    private readonly FakeLogger logger = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_was_saved_comes_back()
    {
        using var scope = NewDisposeScope();
        TrainingCheckpointStore store = Store();
        var values = new JsonObject { ["position"] = new JsonObject { ["Epoch"] = 2, ["Index"] = 77L }, ["note"] = "ü" };
        string path = store.Save(123, [("parameters", arange(5, ScalarType.Float32)), ("rng", tensor(new byte[] { 1, 2 }))], values);
        Assert.Equal(folder.File("run", "step-000123"), path);
        Assert.Equal(["manifest.json", "state.json", "state.safetensors"], Directory.GetFiles(path).Select(Path.GetFileName).Order());
        using TrainingCheckpoint loaded = Store().LoadLatest()!;
        Assert.Equal((123, path), (loaded.Step, loaded.Folder));
        Assert.True(JsonNode.DeepEquals(values, loaded.Values));
        Assert.Equal(new Position(2, 77), loaded.Value<Position>("position"));
        Tensor parameters = zeros(5);
        loaded.Tensors.CopyInto("parameters", parameters);
        Assert.Equal([0f, 1, 2, 3, 4], parameters.data<float>().ToArray());
    }

    [Fact]
    public void An_absent_value_and_one_of_another_form_are_named()
    {
        SaveStep(Store(), 1);
        using TrainingCheckpoint loaded = Store().LoadLatest()!;
        foreach (string key in (string[])["absent", "text"])
        {
            string message = Assert.Throws<InvalidDataException>(() => loaded.Value<int>(key)).Message;
            Assert.Contains($"'{key}'", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_absent_or_empty_folder_holds_no_checkpoint()
    {
        Assert.Null(Store().LoadLatest());
        Assert.False(Directory.Exists(folder.File("run")));
        Directory.CreateDirectory(folder.File("run", "step-x"));
        Directory.CreateDirectory(folder.File("run", "step-000005.partial"));
        Assert.Null(Store().LoadLatest());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_last_ones_are_kept_in_order_of_steps_not_of_text(int keepLast)
    {
        TrainingCheckpointStore store = Store(keepLast);
        foreach (long step in (long[])[0, 5, 999_998, 999_999, 1_000_000]) SaveStep(store, step);
        Assert.Equal(((long[])[1_000_000, 999_999, 999_998, 5, 0]).Take(keepLast), store.Steps());
        Assert.Equal(keepLast, Directory.GetFileSystemEntries(folder.File("run")).Length);
        AssertLatest(1_000_000);
    }

    [Fact]
    public void Saving_a_step_again_replaces_it()
    {
        TrainingCheckpointStore store = Store();
        SaveStep(store, 4, version: 1);
        SaveStep(store, 4, version: 2);
        AssertLatest(4, version: 2);
        Assert.Equal(["step-000004"], Names());
    }

    [Fact]
    public void Going_on_from_an_earlier_step_gives_up_the_later_ones()
    {
        TrainingCheckpointStore store = Store();
        foreach (long step in (long[])[10, 20, 30]) SaveStep(store, step);
        File.Delete(folder.File("run", "step-000030", "state.json"));
        SaveStep(store, 25);
        Assert.Equal(["step-000010", "step-000020", "step-000025"], Names());
    }

    [Theory]
    [InlineData("state.safetensors")]
    [InlineData("state.json")]
    [InlineData("manifest.json")]
    public void Every_damaged_file_is_noticed_named_and_the_checkpoint_before_is_used(string file)
    {
        foreach (Action<string> damage in (Action<string>[])[File.Delete, FlipMiddleBit, CutTail, Empty, AppendByte])
        {
            SaveStep(Store(), 10);
            SaveStep(Store(), 20);
            string path = folder.File("run", "step-000020", file);
            damage(path);
            AssertLatest(10);
            Assert.Contains(file, Assert.Single(Warnings), StringComparison.Ordinal);
            logger.Collector.Clear();
            Directory.Delete(folder.File("run", "step-000020"), recursive: true);
        }
    }

    [Fact]
    public void A_damaged_checkpoint_that_a_run_passed_over_is_kept_aside_and_named()
    {
        SaveStep(Store(), 10);
        foreach (string aside in (string[])["step-000020.damaged", "step-000020.damaged-2"])
        {
            SaveStep(Store(), 20);
            FlipMiddleBit(folder.File("run", "step-000020", "state.json"));
            TrainingCheckpointStore store = Store(keepLast: 1);
            store.LoadLatest()!.Dispose();
            SaveStep(store, 15);
            SaveStep(store, 30);
            AssertLatest(30);
            Assert.Contains(aside, Names());
            Assert.Contains(Warnings, warning => warning.Contains(folder.File("run", aside), StringComparison.Ordinal));
            SaveStep(Store(), 10);
        }

        Assert.Equal(["step-000010", "step-000020.damaged", "step-000020.damaged-2"], Names());
    }

    [Fact]
    public void A_damaged_checkpoint_whose_step_is_reached_again_is_kept_aside_too()
    {
        SaveStep(Store(), 10);
        SaveStep(Store(), 20);
        FlipMiddleBit(folder.File("run", "step-000020", "state.safetensors"));
        TrainingCheckpointStore store = Store();
        store.LoadLatest()!.Dispose();
        SaveStep(store, 20, version: 2);
        AssertLatest(20, version: 2);
        Assert.Equal(["step-000010", "step-000020", "step-000020.damaged"], Names());
    }

    [Theory]
    [InlineData("tensors")]
    [InlineData("manifest")]
    public void A_save_that_is_given_up_leaves_the_checkpoints_before(string stage)
    {
        SaveStep(Store(), 10);
        using var cancellation = new CancellationTokenSource();
        var store = new TrainingCheckpointStore(folder.File("run"), 1, logger)
        {
            StagePassed = passed =>
            {
                if (passed == stage) cancellation.Cancel();
            },
        };
        using Tensor parameters = zeros(10);
        Assert.Throws<OperationCanceledException>(() => store.Save(20, [("parameters", parameters)], [], cancellation.Token));
        AssertLatest(10);
    }

    [Fact]
    public void When_all_are_damaged_the_run_does_not_silently_start_anew()
    {
        SaveStep(Store(), 10);
        FlipMiddleBit(folder.File("run", "step-000010", "state.safetensors"));
        string message = Assert.Throws<InvalidDataException>(() => Store().LoadLatest()).Message;
        Assert.Contains("step-000010", message, StringComparison.Ordinal);
        Assert.Contains("SHA-256", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Saving_and_loading_leave_no_tensor_behind()
    {
        using Tensor parameters = zeros(10_000);
        TensorLeak.AssertNone(() =>
        {
            SaveStep(Store(), 7);
            using TrainingCheckpoint loaded = Store().LoadLatest()!;
            loaded.Tensors.CopyInto("parameters", parameters);
        });
    }

    [Fact]
    public void A_checkpoint_renamed_to_another_step_is_refused()
    {
        SaveStep(Store(), 10);
        Directory.Move(folder.File("run", "step-000010"), folder.File("run", "step-000011"));
        Assert.Contains("step 11", Assert.Throws<InvalidDataException>(() => Store().LoadLatest()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stopped_after_any_stage_an_intact_checkpoint_remains_and_the_next_save_cleans_up()
    {
        foreach (string stage in Stages)
        {
            foreach (int keepLast in (int[])[1, 2])
            {
                using (var fresh = new TemporaryFolder())
                {
                    SaveStep(Store(keepLast, fresh), 10, version: 1);
                    SaveStep(Store(keepLast, fresh), 20, version: 1);
                    bool published = stage is "published" or "removed";
                    if (stage == "removed") SaveStoppingAt(stage, 30, keepLast, fresh);
                    else SaveStoppingAt(stage, 20, keepLast, fresh);
                    AssertLatest(stage == "removed" ? 30 : 20, version: published ? 2 : 1, fresh);
                    SaveStep(Store(keepLast, fresh), 40);
                    AssertLatest(40, within: fresh);
                    Assert.Equal(Store(keepLast, fresh).Steps().Count, Directory.GetFileSystemEntries(fresh.File("run")).Length);
                    Assert.InRange(Store(keepLast, fresh).Steps().Count, 1, keepLast);
                }
            }
        }

        Assert.Empty(Warnings);
    }

    [SkippableFact]
    public void A_process_killed_again_and_again_while_it_saves_always_leaves_its_last_checkpoint()
    {
        Skip.If(OperatingSystem.IsWindows(), "needs kill -9");
        var random = new Random(5);
        long reported = 0;
        for (int round = 0; round < 4; round++)
        {
            using Process child = ChildProgram.Start(SaveForever, folder.FullPath);
            for (int line = 0; line < 4; line++)
            {
                string? text = child.StandardOutput.ReadLine();
                Assert.True(text is not null, text is null ? child.StandardError.ReadToEnd() : "");
                reported = long.Parse(text!, CultureInfo.InvariantCulture);
            }

            Thread.Sleep(random.Next(0, 12));
            child.Kill();
            child.WaitForExit();
            using TrainingCheckpoint loaded = Store(2).LoadLatest()!;
            Assert.InRange(loaded.Step, reported, long.MaxValue);
            AssertContent(loaded, version: 1);
            Assert.Empty(Warnings);
        }

        Assert.True(reported >= 16, $"only step {reported} was reached: rounds did not go on from each other");
    }

    /// <summary>The child's program: resumes, then saves step after step, naming each that is safe.</summary>
    private static void SaveForever(string path)
    {
        var store = new TrainingCheckpointStore(Path.Combine(path, "run"), keepLast: 2);
        using TrainingCheckpoint? latest = store.LoadLatest();
        for (long step = latest?.Step ?? 0; ;)
        {
            SaveStep(store, ++step);
            Console.Out.WriteLine(step);
            Console.Out.Flush();
        }
    }

    private static void SaveStep(TrainingCheckpointStore store, long step, int version = 1)
    {
        using Tensor parameters = full(10_000, (float)(step * 10 + version));
        store.Save(step, [("parameters", parameters)], new JsonObject { ["version"] = version, ["text"] = "abc" });
    }

    private static void AssertContent(TrainingCheckpoint loaded, int version)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(version, loaded.Value<int>("version"));
        Assert.True((loaded.Tensors.ReadTensor("parameters") == (float)(loaded.Step * 10 + version)).all().item<bool>());
    }

    private static void FlipMiddleBit(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(path, bytes);
    }

    private static void CutTail(string path)
    {
        using FileStream stream = File.OpenWrite(path);
        stream.SetLength(stream.Length - 1);
    }

    private static void Empty(string path) => File.WriteAllText(path, "");

    private static void AppendByte(string path) => File.AppendAllText(path, "x");

    private void SaveStoppingAt(string stage, long step, int keepLast, TemporaryFolder within)
    {
        var store = new TrainingCheckpointStore(within.File("run"), keepLast, logger)
        {
            StagePassed = passed =>
            {
                if (passed == stage) throw new OperationCanceledException(stage);
            },
        };
        Assert.Equal(stage, Assert.Throws<OperationCanceledException>(() => SaveStep(store, step, version: 2)).Message);
    }

    private void AssertLatest(long step, int version = 1, TemporaryFolder? within = null)
    {
        using TrainingCheckpoint? loaded = Store(within: within).LoadLatest();
        Assert.Equal(step, loaded?.Step);
        AssertContent(loaded!, version);
    }

    private TrainingCheckpointStore Store(int keepLast = 3, TemporaryFolder? within = null) =>
        new((within ?? folder).File("run"), keepLast, logger);

    private IEnumerable<string> Warnings =>
        logger.Collector.GetSnapshot().Where(record => record.Level == LogLevel.Warning).Select(record => record.Message);

    private IEnumerable<string?> Names() => Directory.GetFileSystemEntries(folder.File("run")).Select(Path.GetFileName).Order();

    private sealed record Position(long Epoch, long Index);
}

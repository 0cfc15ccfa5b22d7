using Electra.Training;

namespace Electra.Tests.Training;

/// <summary>What becomes of a checkpoint whose files are not what was saved.</summary>
public sealed class DamagedCheckpointTests : IDisposable
{
    private readonly CheckpointFolder run = new();

    public void Dispose() => run.Dispose();

    [Theory]
    [InlineData("state.safetensors")]
    [InlineData("state.json")]
    [InlineData("manifest.json")]
    public void Every_damaged_file_is_noticed_named_and_the_checkpoint_before_is_used(string file)
    {
        foreach (Action<string> damage in (Action<string>[])[File.Delete, FlipMiddleBit, CutTail, Empty, AppendByte])
        {
            run.Save(10);
            run.Save(20);
            string path = run.File("step-000020", file);
            damage(path);
            run.AssertLatest(10);
            Assert.Contains(file, Assert.Single(run.Warnings), StringComparison.Ordinal);
            run.Logger.Collector.Clear();
            Directory.Delete(run.File("step-000020"), recursive: true);
        }
    }

    [Fact]
    public void A_damaged_checkpoint_that_a_run_passed_over_is_kept_aside_and_named()
    {
        run.Save(10);
        foreach (string aside in (string[])["step-000020.damaged", "step-000020.damaged-2"])
        {
            run.Save(20);
            FlipMiddleBit(run.File("step-000020", "state.json"));
            TrainingCheckpointStore store = run.Store(keepLast: 1);
            store.LoadLatest()!.Dispose();
            CheckpointFolder.Save(store, 15);
            CheckpointFolder.Save(store, 30);
            run.AssertLatest(30);
            Assert.Contains(aside, run.Names());
            Assert.Contains(run.Warnings, warning => warning.Contains(run.File(aside), StringComparison.Ordinal));
            run.Save(10);
        }

        Assert.Equal(["step-000010", "step-000020.damaged", "step-000020.damaged-2"], run.Names());
    }

    [Fact]
    public void A_damaged_checkpoint_whose_step_is_reached_again_is_kept_aside_too()
    {
        run.Save(10);
        run.Save(20);
        FlipMiddleBit(run.File("step-000020", "state.safetensors"));
        TrainingCheckpointStore store = run.Store();
        store.LoadLatest()!.Dispose();
        CheckpointFolder.Save(store, 20, version: 2);
        run.AssertLatest(20, version: 2);
        Assert.Equal(["step-000010", "step-000020", "step-000020.damaged"], run.Names());
    }

    [Fact]
    public void When_all_are_damaged_the_run_does_not_silently_start_anew()
    {
        run.Save(10);
        FlipMiddleBit(run.File("step-000010", "state.safetensors"));
        string message = Assert.Throws<InvalidDataException>(() => run.Store().LoadLatest()).Message;
        Assert.Contains("step-000010", message, StringComparison.Ordinal);
        Assert.Contains("SHA-256", message, StringComparison.Ordinal);
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
}

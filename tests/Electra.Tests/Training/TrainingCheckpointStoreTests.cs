using System.Text.Json.Nodes;
using Electra.Tests.Support;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Tests.Training;

public sealed class TrainingCheckpointStoreTests : IDisposable
{
    private readonly CheckpointFolder run = new();

    public void Dispose() => run.Dispose();

    [Fact]
    public void What_was_saved_comes_back()
    {
        using var scope = NewDisposeScope();
        TrainingCheckpointStore store = run.Store();
        var values = new JsonObject { ["position"] = new JsonObject { ["Epoch"] = 2, ["Index"] = 77L }, ["note"] = "ü" };
        string path = store.Save(123, [("parameters", arange(5, ScalarType.Float32)), ("rng", tensor(new byte[] { 1, 2 }))], values);
        Assert.Equal(run.File("step-000123"), path);
        Assert.Equal(["manifest.json", "state.json", "state.safetensors"], Directory.GetFiles(path).Select(Path.GetFileName).Order());
        using TrainingCheckpoint loaded = run.Store().LoadLatest()!;
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
        run.Save(1);
        using TrainingCheckpoint loaded = run.Store().LoadLatest()!;
        foreach (string key in (string[])["absent", "text"])
        {
            string message = Assert.Throws<InvalidDataException>(() => loaded.Value<int>(key)).Message;
            Assert.Contains($"'{key}'", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_absent_or_empty_folder_holds_no_checkpoint()
    {
        Assert.Null(run.Store().LoadLatest());
        Assert.False(Directory.Exists(run.FullPath));
        Directory.CreateDirectory(run.File("step-x"));
        Directory.CreateDirectory(run.File("step-000005.partial"));
        Assert.Null(run.Store().LoadLatest());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_last_ones_are_kept_in_order_of_steps_not_of_text(int keepLast)
    {
        TrainingCheckpointStore store = run.Store(keepLast);
        foreach (long step in (long[])[0, 5, 999_998, 999_999, 1_000_000]) CheckpointFolder.Save(store, step);
        Assert.Equal(((long[])[1_000_000, 999_999, 999_998, 5, 0]).Take(keepLast), store.Steps());
        Assert.Equal(keepLast, Directory.GetFileSystemEntries(run.FullPath).Length);
        run.AssertLatest(1_000_000);
    }

    [Fact]
    public void Saving_a_step_again_replaces_it()
    {
        TrainingCheckpointStore store = run.Store();
        CheckpointFolder.Save(store, 4, version: 1);
        CheckpointFolder.Save(store, 4, version: 2);
        run.AssertLatest(4, version: 2);
        Assert.Equal(["step-000004"], run.Names());
    }

    [Fact]
    public void Going_on_from_an_earlier_step_gives_up_the_later_ones()
    {
        TrainingCheckpointStore store = run.Store();
        foreach (long step in (long[])[10, 20, 30]) CheckpointFolder.Save(store, step);
        File.Delete(run.File("step-000030", "state.json"));
        CheckpointFolder.Save(store, 25);
        Assert.Equal(["step-000010", "step-000020", "step-000025"], run.Names());
    }

    [Fact]
    public void A_checkpoint_renamed_to_another_step_is_refused()
    {
        run.Save(10);
        Directory.Move(run.File("step-000010"), run.File("step-000011"));
        Assert.Contains("step 11", Assert.Throws<InvalidDataException>(() => run.Store().LoadLatest()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Saving_and_loading_leave_no_tensor_behind()
    {
        using Tensor parameters = zeros(10_000);
        TensorLeak.AssertNone(() =>
        {
            run.Save(7);
            using TrainingCheckpoint loaded = run.Store().LoadLatest()!;
            loaded.Tensors.CopyInto("parameters", parameters);
        });
    }

    private sealed record Position(long Epoch, long Index);
}

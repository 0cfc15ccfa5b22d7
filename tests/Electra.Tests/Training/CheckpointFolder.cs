using System.Text.Json.Nodes;
using Electra.Tests.Support;
using Electra.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using static TorchSharp.torch;

namespace Electra.Tests.Training;

/// <summary>A run's checkpoints, whose content says which step and version they are of.</summary>
internal sealed class CheckpointFolder : IDisposable
{
    private readonly TemporaryFolder parent = new();

    public FakeLogger Logger { get; } = new();

    public string FullPath => parent.File("run");

    public IEnumerable<string> Warnings =>
        Logger.Collector.GetSnapshot().Where(record => record.Level == LogLevel.Warning).Select(record => record.Message);

    public static void Save(TrainingCheckpointStore store, long step, int version = 1)
    {
        using Tensor parameters = full(10_000, (float)(step * 10 + version));
        store.Save(step, [("parameters", parameters)], new JsonObject { ["version"] = version, ["text"] = "abc" });
    }

    public static void AssertContent(TrainingCheckpoint loaded, int version)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(version, loaded.Value<int>("version"));
        Assert.True((loaded.Tensors.ReadTensor("parameters") == (float)(loaded.Step * 10 + version)).all().item<bool>());
    }

    public void Save(long step, int version = 1) => Save(Store(), step, version);

    public void Dispose() => parent.Dispose();

    public string File(params string[] names) => Path.Combine([FullPath, .. names]);

    public IEnumerable<string?> Names() => Directory.GetFileSystemEntries(FullPath).Select(Path.GetFileName).Order();

    public TrainingCheckpointStore Store(int keepLast = 3, Action<string>? stagePassed = null) => new(FullPath, keepLast, Logger) { StagePassed = stagePassed };

    public void AssertLatest(long step, int version = 1)
    {
        using TrainingCheckpoint? loaded = Store().LoadLatest();
        Assert.Equal(step, loaded?.Step);
        AssertContent(loaded!, version);
    }
}

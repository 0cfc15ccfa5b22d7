using System.Text.Json.Nodes;
using Electra.Data;
using Electra.FineTuning;
using Electra.Pretraining;
using Electra.Tests.FineTuning;
using Electra.Tests.Pretraining;
using Electra.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Electra.Tests.Reliability;

/// <summary>Disks that are full, read-only, or have lost or altered what was written.</summary>
public class HostileDiskTests
{
    /// <summary>
    /// A disk of half a megabyte, made in a namespace of its own: it is full while training goes on, then read-only, then large enough.
    /// </summary>
    [SkippableFact]
    public void A_full_and_a_read_only_disk_end_the_run_with_a_clear_error_and_it_goes_on_when_there_is_room()
    {
        string[] isolated = RequireNamespace();
        using var programs = new TinyPrograms();
        string disk = programs.Path("disk"), kept = programs.Path("kept");
        Directory.CreateDirectory(disk);
        string train = string.Join(' ', [.. programs.Command(TinyPrograms.Pretrain), $"{disk}/run"]);
        string script = $"""
            exec 2>&1 # one stream: what is said stands in the order in which it was said
            mount -t tmpfs -o size=1100k tmpfs {disk} || exit 99
            {train}; echo "full: $?"
            ls {disk}/run/checkpoints
            mount -o remount,ro {disk}
            {train}; echo "read-only: $?"
            mount -o remount,rw,size=64m {disk}
            {train}; echo "room: $?"
            cp -a {disk}/run {kept}
            """;
        (int code, string said) = TinyPrograms.Run([.. isolated, "sh", "-c", script]);
        Skip.If(code == 99, "a disk in memory can't be mounted here");
        Assert.Equal(0, code);
        string full = said[..said.IndexOf("full: 1", StringComparison.Ordinal)];
        Assert.Contains("No space left on device", full, StringComparison.Ordinal);
        string readOnly = said[full.Length..said.IndexOf("read-only: 1", StringComparison.Ordinal)];
        Assert.Contains("Read-only file system", readOnly, StringComparison.Ordinal);
        Assert.DoesNotContain("in use by", readOnly, StringComparison.Ordinal);
        string room = said[said.IndexOf("read-only: 1", StringComparison.Ordinal)..];
        Assert.Contains("room: 0", room, StringComparison.Ordinal);
        Assert.Contains("going on from step", room, StringComparison.Ordinal);
        programs.AssertSame(TinyPrograms.Pretrain, kept);
    }

    [Fact]
    public void A_run_whose_checkpoint_was_altered_goes_back_to_the_one_before_says_so_and_ends_with_the_same_bits()
    {
        using TemporaryFolder whole = new(), altered = new();
        float[] reference;
        using (var run = new PretrainingRun(whole, PretrainingRun.Options(whole, steps: 9)))
        {
            run.Trainer.Train();
            reference = run.Weights();
        }

        PretrainingOptions options = PretrainingRun.Options(altered, steps: 9) with { SaveEvery = 2 };
        using (var stop = new CancellationTokenSource())
        using (var run = new PretrainingRun(altered, options))
        {
            run.Trainer.StepMade = step =>
            {
                if (step == 7) stop.Cancel();
            };
            run.Trainer.Train(stop.Token);
        }

        string[] names = ["step-000004", "step-000006", "step-000007"];
        Assert.Equal(names, Directory.GetDirectories(altered.File("run", "checkpoints")).Select(Path.GetFileName).Order());
        foreach (string name in names[1..]) Flip(altered.File("run", "checkpoints", name, "state.safetensors"), -100);
        byte[] good = File.ReadAllBytes(altered.File("run", "checkpoints", "step-000004", "state.safetensors"));

        var logger = new FakeLogger<PretrainingTrainer>();
        using (var run = new PretrainingRun(altered, options with { KeepCheckpoints = 9 }, scramble: true, logger: logger))
        {
            Assert.Equal(4, run.Trainer.StepsDone);
            string[] warnings = [.. Warnings(logger)];
            Assert.All(names[1..], name => Assert.Contains(warnings, warning => warning.Contains(name, StringComparison.Ordinal) && warning.Contains("SHA-256", StringComparison.Ordinal)));
            run.Trainer.Train();
            Assert.Equal(reference, run.Weights());
        }

        Assert.Equal(good, File.ReadAllBytes(altered.File("run", "checkpoints", "step-000004", "state.safetensors")));
        Assert.All(names[1..], name => Assert.True(Directory.Exists(altered.File("run", "checkpoints", name + ".damaged"))));
    }

    /// <summary>Of both checkpoints that are kept, each with another best model.</summary>
    [Fact]
    public void A_fine_tuning_run_that_goes_back_a_checkpoint_finds_the_best_model_which_that_one_speaks_of()
    {
        using var folder = new TemporaryFolder();
        string encoder = TinyEncoder.Write(folder);
        byte[] whole = FineTune(encoder, folder.File("whole"), stopAt: null)!;
        string run = folder.File("parts");
        Assert.Null(FineTune(encoder, run, stopAt: 20));
        string[] checkpoints = Directory.GetDirectories(Path.Combine(run, "checkpoints"));
        string[] best = [.. checkpoints.Select(checkpoint => $"best-{JsonNode.Parse(File.ReadAllText(Path.Combine(checkpoint, "state.json")))!["values"]!["best"]!["step"]}").Distinct()];
        Assert.Equal((2, 2), (checkpoints.Length, best.Length));
        Assert.All(best, name => Assert.True(Directory.Exists(Path.Combine(run, name)), name));
        Flip(Path.Combine(run, "checkpoints", "step-000020", "state.safetensors"), -100);
        Assert.Equal(whole, FineTune(encoder, run, stopAt: null));
    }

    private static byte[]? FineTune(string encoder, string output, long? stopAt)
    {
        var options = new FineTuningOptions { LearningRate = 3e-3, BatchSize = 8, Epochs = 3, LogEvery = 4, SaveEvery = 5, SelectBest = true, LayerwiseLearningRateDecay = 1, OutputFolder = output };
        using var stop = new CancellationTokenSource();
        using var trainer = new FineTuningTrainer(encoder, TinyEncoder.Task(), options, observer: new Stops(stop, stopAt));
        FineTuningOutcome outcome = trainer.Train(stop.Token);
        return outcome.IsComplete ? File.ReadAllBytes(Path.Combine(outcome.Folder!, "model.safetensors")) : null;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_whose_shard_is_gone_or_altered_ends_with_its_name_and_keeps_its_checkpoints(bool isGone)
    {
        using var folder = new TemporaryFolder();
        PretrainingOptions options = PretrainingRun.Options(folder, steps: 2);
        using (var run = new PretrainingRun(folder, options)) run.Trainer.Train();
        string shard = folder.File("shards", "shard-00000.tokens");
        if (isGone) File.Delete(shard);
        else Flip(shard, TokenShardHeader.Bytes + 40);
        byte[] before = File.ReadAllBytes(folder.File("run", "checkpoints", "step-000002", "state.safetensors"));
        Exception error = Assert.ThrowsAny<Exception>(() =>
        {
            using var run = new PretrainingRun(folder, options with { TrainSteps = 50 });
            run.Trainer.Train();
        });
        Assert.True(error is IOException or InvalidDataException, error.ToString());
        Assert.Contains("shard-00000.tokens", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(folder.File("run", "checkpoints", "step-000002", "state.safetensors")));
    }

    private static string[] RequireNamespace()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs Linux' namespaces");
        foreach (string[] command in (string[][])[["unshare", "-m"], ["unshare", "-Urm"]])
        {
            try
            {
                if (TinyPrograms.Run([.. command, "true"]).Code == 0) return command;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // there is no such program
            }
        }

        Skip.If(true, "no namespace can be made here (unshare -m, unshare -Urm)");
        return [];
    }

    private static void Flip(string path, long at)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[at < 0 ? bytes.Length + at : at] ^= 16;
        File.WriteAllBytes(path, bytes);
    }

    private sealed class Stops(CancellationTokenSource stop, long? step) : IFineTuningObserver
    {
        public void OnProgress(FineTuningReport report)
        {
            if (report.Step == step) stop.Cancel();
        }
    }

    private static IEnumerable<string> Warnings(FakeLogger<PretrainingTrainer> logger) =>
        logger.Collector.GetSnapshot().Where(record => record.Level == LogLevel.Warning).Select(record => record.Message);
}

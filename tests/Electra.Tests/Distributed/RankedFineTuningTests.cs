using System.Globalization;
using Electra.Checkpoints;
using Electra.Distributed;
using Electra.FineTuning;
using Electra.Tests.FineTuning;
using Electra.Tests.Support;

namespace Electra.Tests.Distributed;

/// <summary>Ranks that fine-tune together, against one process with the same batch.</summary>
public class RankedFineTuningTests
{
    [SkippableTheory]
    [InlineData(MpiLauncher.OpenMpi, 2)]
    [InlineData(MpiLauncher.Mpich, 2)]
    [InlineData(MpiLauncher.OpenMpi, 3)] // batches that three do not divide
    [InlineData(MpiLauncher.OpenMpi, 4)]
    [InlineData(MpiLauncher.Mpich, 4)]
    public void Ranks_compute_what_one_process_does(string launcher, int ranks)
    {
        MpiLauncher mpi = MpiLauncher.Require(launcher);
        using var folder = new TemporaryFolder();
        TinyEncoder.Write(folder, dropout: 0);
        double[] alone = Losses([.. ChildProgram.Run(FineTune, $"{folder.FullPath};alone", ("OMP_NUM_THREADS", "1")).Order(StringComparer.Ordinal)]);
        double[] together = Losses(mpi.Run(ranks, FineTune, $"{folder.FullPath};together").Succeeded());
        Assert.Equal(alone.Length, together.Length);
        Assert.All(alone.Zip(together), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        using SafetensorsReader one = SafetensorsReader.Open(folder.File("alone", "model", "model.safetensors"));
        using SafetensorsReader other = SafetensorsReader.Open(folder.File("together", "model", "model.safetensors"));
        Assert.Equal(one.Entries.Keys.Order(), other.Entries.Keys.Order());
        foreach (string name in one.Entries.Keys)
        {
            using TorchSharp.torch.Tensor expected = one.ReadTensor(name), actual = other.ReadTensor(name);
            Assert.InRange(expected.sub(actual).abs().max().item<float>(), 0, 1e-5f);
        }
    }

    private static void FineTune(string argument)
    {
        string[] given = argument.Split(';');
        IProcessGroup group = ProcessGroup.Join();
        var recorder = new Recorder();
        var options = new FineTuningOptions
        {
            LearningRate = 1e-3,
            BatchSize = 10,
            Epochs = 5,
            LogEvery = 1,
            SaveEvery = 5,
            SelectBest = true,
            OutputFolder = Path.Combine(given[0], given[1]),
        };
        using var trainer = new FineTuningTrainer(Path.Combine(given[0], "encoder"), TinyEncoder.Task(), options, observer: recorder, group: group);
        FineTuningOutcome outcome = trainer.Train();
        Assert.True(outcome.IsComplete);
        Assert.Equal(group.Rank == 0, outcome.Evaluation is not null);
        Assert.True(Directory.Exists(outcome.Folder));
        foreach ((long step, double loss) in recorder.Losses) Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step:D3} {loss:R}"));
        foreach ((string name, double value) in outcome.Evaluation?.Figures() ?? []) Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value:R}"));
        if (group.Rank != 0) Assert.Empty(recorder.Losses);
        group.Leave(0);
    }

    private static double[] Losses(string[] lines) => [.. lines.Select(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture))];

    private sealed class Recorder : IFineTuningObserver
    {
        public List<(long Step, double Loss)> Losses { get; } = [];

        public void OnProgress(FineTuningReport report) => Losses.Add((report.Step, report.Loss));
    }
}

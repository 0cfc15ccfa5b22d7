using System.Globalization;
using Electra.Pretraining;
using Electra.Samples.Pretrain.Reporting;
using Electra.Tests.Pretraining;
using Electra.Tests.Support;
using TorchSharp;
using Xunit.Abstractions;

namespace Electra.Tests.Reliability;

/// <summary>
/// What a run takes of the machine does not grow with its updates. The environment variable <c>ELECTRA_LONG_STEPS</c> says how many there are; 300 without it.
/// </summary>
public class LongRunTests(ITestOutputHelper output)
{
    private const int Looks = 10, Settled = 4; // of the looks, the first that later ones are compared with

    [SkippableFact]
    public void Memory_tensors_files_and_threads_stay_as_they_are_and_logs_stay_small()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "reads /proc");
        long steps = long.Parse(Environment.GetEnvironmentVariable("ELECTRA_LONG_STEPS") ?? "300", CultureInfo.InvariantCulture);
        using var folder = new TemporaryFolder();
        string[] lines = ChildProgram.Run(Train, $"{folder.FullPath};{steps}", ("OMP_NUM_THREADS", "1"));
        foreach (string line in lines) output.WriteLine(line);
        Usage[] looks = [.. lines.Select(Usage.Parse)];
        Assert.Equal(Looks, looks.Length);
        Usage settled = looks[Settled - 1];
        foreach (Usage look in looks[Settled..])
        {
            Assert.InRange(look.Tensors, 0, settled.Tensors + 4); // those of a checkpoint that is being written
            Assert.InRange(look.Files, 0, settled.Files + 1);
            Assert.InRange(look.Threads, 0, settled.Threads + 4); // the runtime's pool, and the writer of a checkpoint
            Assert.InRange(look.ManagedMegabytes, 0, settled.ManagedMegabytes + 3);
            Assert.InRange(look.ResidentMegabytes, 0, settled.ResidentMegabytes + 48);
        }

        long reports = steps / LogEvery(steps);
        Assert.InRange(new FileInfo(folder.File("run", "metrics.jsonl")).Length, 1, (reports + Looks) * 2_000);
        Assert.InRange(Directory.GetFiles(folder.File("events")).Sum(file => new FileInfo(file).Length), 1, (reports + Looks) * 4_000);
    }

    private static long LogEvery(long steps) => Math.Clamp(steps / 100, 5, 100);

    private static void Train(string argument)
    {
        string[] parts = argument.Split(';');
        (string folder, long steps) = (parts[0], long.Parse(parts[1], CultureInfo.InvariantCulture));
        PretrainingOptions options = PretrainingRun.Options(folder, steps) with
        {
            LogEvery = LogEvery(steps),
            EvaluateEvery = steps / Looks,
            SaveEvery = Math.Max(5, steps / 60),
            KeepCheckpoints = 2,
            EvaluationExamples = 8,
        };
        var observers = new ObserverGroup(new TensorBoardEvents(Path.Combine(folder, "events")), new TrainingCurves(Path.Combine(folder, "run", "metrics.jsonl")));
        using var run = new PretrainingRun(folder, options, observers);
        run.Trainer.StepMade = step =>
        {
            if (step % (steps / Looks) == 0) Console.WriteLine(Usage.Now(step));
        };
        run.Trainer.Train();
    }

    /// <summary>What the process takes.</summary>
    private sealed record Usage(long Step, double ManagedMegabytes, long Tensors, int Files, int Threads, double ResidentMegabytes)
    {
        public static Usage Now(long step)
        {
            double managed = GC.GetTotalMemory(forceFullCollection: true) / 1e6;
            GC.WaitForPendingFinalizers();
            Dictionary<string, string> status = File.ReadLines("/proc/self/status").Select(line => line.Split(':')).ToDictionary(parts => parts[0], parts => parts[1].Trim());
            return new Usage(
                step, managed, torch.Tensor.TotalCount, Directory.GetFileSystemEntries("/proc/self/fd").Length, int.Parse(status["Threads"], CultureInfo.InvariantCulture),
                long.Parse(status["VmRSS"].Split(' ')[0], CultureInfo.InvariantCulture) / 1e3);
        }

        public static Usage Parse(string line)
        {
            double[] values = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => char.IsDigit(word[0])).Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
            return new Usage((long)values[0], values[1], (long)values[2], (int)values[3], (int)values[4], values[5]);
        }

        public override string ToString() => FormattableString.Invariant(
            $"step {Step} managed {ManagedMegabytes:F2} MB, tensors {Tensors} files {Files} threads {Threads} resident {ResidentMegabytes:F1} MB");
    }
}

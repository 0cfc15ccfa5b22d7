using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit.Abstractions;

namespace Electra.Tests.Reliability;

/// <summary>
/// The sample programs, killed without warning at any moment and started again, end with the bits of a run that nothing happened to. The environment variable
/// <c>ELECTRA_KILLS</c> says how often each is killed; 3 without it.
/// </summary>
public sealed class KilledProgramTests(ITestOutputHelper output) : IDisposable
{
    private readonly TinyPrograms _programs = new();

    public void Dispose() => _programs.Dispose();

    [SkippableTheory]
    [InlineData(TinyPrograms.Pretrain, 1)]
    [InlineData(TinyPrograms.FineTune, 2)]
    public void A_program_that_is_killed_anywhere_ends_with_the_same_bits(string program, int seed)
    {
        Skip.If(OperatingSystem.IsWindows(), "needs kill -9");
        int wanted = int.Parse(Environment.GetEnvironmentVariable("ELECTRA_KILLS") ?? "3", CultureInfo.InvariantCulture);
        var random = new Random(seed);
        TimeSpan whole = _programs.Undisturbed(program).Time;
        var tally = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int kills = 0, runs = 0, withinSaves = 0;
        while (kills < wanted)
        {
            string folder = _programs.Path($"run-{program}-{runs++}");
            while (true)
            {
                (Process process, StringBuilder said) = TinyPrograms.Start([.. _programs.Command(program), folder]);
                using (process)
                {
                    if (kills < wanted && Kill(process, program, folder, kills, random, whole) is string moment)
                    {
                        kills++;
                        tally[moment] = tally.GetValueOrDefault(moment) + 1;
                        if (Directory.Exists(folder) && Directory.EnumerateDirectories(folder, "step-*.partial", SearchOption.AllDirectories).Any()) withinSaves++;
                        continue;
                    }

                    process.WaitForExit();
                    Assert.True(process.ExitCode == 0, $"after {kills} kills: {said}");
                    break;
                }
            }

            _programs.AssertSame(program, folder);
            Directory.Delete(folder, recursive: true);
        }

        output.WriteLine($"{program}: {kills} kills in {runs} runs ({string.Join(", ", tally.Select(item => $"{item.Value} {item.Key}"))}); {withinSaves} left a checkpoint half-written");
    }

    // Each way has its turn, those that matter most first; null where the program has ended before.
    private static string? Kill(Process process, string program, string folder, int turn, Random random, TimeSpan whole)
    {
        string[] ways = program == TinyPrograms.Pretrain
            ? ["in preparation", "in a save", "in the last part", "at any time", "in a save", "in learning the vocabulary"]
            : ["in a save", "in keeping the best model", "in the last part", "at any time"];
        string way = ways[turn % ways.Length];
        bool isThere = way switch
        {
            "in learning the vocabulary" => Appears(process, () => File.Exists(Path.Combine(folder, "run.lock")), random.Next(400)),
            "in preparation" => Appears(process, () => Directory.Exists(Path.Combine(folder, "shards.unfinished")), random.Next(60)),
            "in a save" => AppearsOften(process, folder, random.Next(1, 8), random.Next(6)),
            "in keeping the best model" => Appears(process, () => Any(folder, "best-unfinished"), random.Next(20)),
            "in the last part" => Appears(process, () => Directory.Exists(Path.Combine(folder, "discriminator")) || Any(folder, "model"), random.Next(60)),
            _ => !process.WaitForExit(whole * random.NextDouble()),
        };
        if (!isThere) return null;
        process.Kill();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : way;
    }

    private static bool Any(string folder, string name) =>
        Directory.Exists(folder) && Directory.EnumerateDirectories(folder, "seed-*").Any(run => Directory.Exists(Path.Combine(run, name)));

    private static bool Appears(Process process, Func<bool> isThere, int milliseconds)
    {
        while (!process.HasExited)
        {
            if (isThere()) return !process.WaitForExit(milliseconds);
            Thread.Sleep(1);
        }

        return false;
    }

    // The so-manieth checkpoint that is begun from now on.
    private static bool AppearsOften(Process process, string folder, int count, int milliseconds)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return Appears(
            process,
            () =>
            {
                foreach (string parent in Directory.Exists(folder) ? (string[])[folder, .. Directory.EnumerateDirectories(folder, "seed-*")] : [])
                {
                    string checkpoints = Path.Combine(parent, "checkpoints");
                    if (!Directory.Exists(checkpoints)) continue;
                    foreach (string partial in Directory.EnumerateDirectories(checkpoints, "step-*.partial")) seen.Add(partial);
                }

                return seen.Count >= count;
            },
            milliseconds);
    }
}

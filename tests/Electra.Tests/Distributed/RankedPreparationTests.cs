using System.Diagnostics;
using Electra.Distributed;
using Electra.Samples.Pretrain;
using Electra.Samples.Pretrain.Corpus;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Electra.Tests.Samples;
using Electra.Tests.Support;

namespace Electra.Tests.Distributed;

/// <summary>The sample's corpus prepared by ranks, against one process.</summary>
public sealed class RankedPreparationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Launchers => MpiLauncher.Names;

    public RankedPreparationTests()
    {
        var random = new Random(8);
        string[] words = [.. Enumerable.Range(0, 3_000).Select(_ => new string(random.GetItems("abcdefghijklmnopqrstuvwxyz".AsSpan(), random.Next(2, 9))))];
        string Line() => string.Join(' ', Enumerable.Range(0, 14).Select(_ => words[random.Next(random.Next(1, words.Length))]));
        using var text = new StreamWriter(_folder.File("text.txt"));
        for (int line = 0; line < 27_000; line++) // 2.2 million characters: three blocks to count, nine portions to tokenize
        {
            text.WriteLine(Line());
            if (line % 3 == 2) text.WriteLine();
            if (line is not (100 or 20_000)) continue;
            text.Flush();
            text.BaseStream.Write([0xff, 0xfe, (byte)'\n']);
        }
    }

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData(MpiLauncher.OpenMpi, "words-00002.counts")]
    [InlineData(MpiLauncher.Mpich, "part-00002.tokens")]
    public void Ranks_write_what_one_process_does_also_after_one_was_killed(string launcher, string moment)
    {
        MpiLauncher mpi = MpiLauncher.Require(launcher);
        PrepareAs(new SingleProcessGroup(), _folder.FullPath, "alone", CancellationToken.None);
        mpi.Run(2, Prepare, $"{_folder.FullPath};two", ChildProgram.Bare).Succeeded();
        AssertSame("two");

        MpiLauncher.LaunchResult killed = mpi.Run(3, Prepare, $"{_folder.FullPath};four;{moment}", ChildProgram.Bare);
        Assert.NotEqual(0, killed.ExitCode);
        Assert.False(Directory.Exists(_folder.File("four", "shards")));
        _folder.Write("four/shards.unfinished/part-00009.tokens", "left by a rank of another start");
        string[] lines = mpi.Run(4, Prepare, $"{_folder.FullPath};four", ChildProgram.Bare).Succeeded();
        AssertSame("four");
        Assert.Single(lines, line => line.StartsWith("counting words, shared by 4 ranks", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("writing token shards", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("2 lines of the corpus could not be read", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void A_rank_that_can_not_read_its_corpus_says_so_and_ends_all_as_one_process_ends()
    {
        File.WriteAllText(_folder.File("other.txt"), new string('a', 5000) + "\n\n" + File.ReadAllText(_folder.File("text.txt")));
        MpiLauncher.LaunchResult result = MpiLauncher.RequireAny().Run(2, Prepare, $"{_folder.FullPath};run;other", ChildProgram.Bare);
        Assert.Equal(2, result.ExitCode);
        Assert.Single(result.Errors.Split('\n'), line => line.Contains("has counted the words of another text than", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.File("run")));

        File.WriteAllBytes(_folder.File("torn.jsonl"), [.. "{\"text\": \"a line\"}\n{\"tex"u8]);
        result = MpiLauncher.RequireAny().Run(3, Prepare, $"{_folder.FullPath};run;torn", ChildProgram.Bare);
        Assert.Equal(2, result.ExitCode);
        string[] said = [.. result.Errors.Split('\n').Where(line => line.Contains("torn.jsonl", StringComparison.Ordinal))];
        Assert.Single(said);
        Assert.StartsWith($"rank 1: {_folder.File("torn.jsonl")}, line 2: ", said[0], StringComparison.Ordinal);
        Assert.EndsWith("To skip such lines: --bad-lines skip.", said[0].TrimEnd(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.File("run")));
    }

    [SkippableTheory]
    [MemberData(nameof(Launchers))]
    public void A_rank_0_that_stands_still_in_preparation_is_noticed(string launcher)
    {
        MpiLauncher mpi = MpiLauncher.Require(launcher);
        using (Process made = Process.Start("mkfifo", _folder.File("still.txt"))) made.WaitForExit(); // whoever opens it waits for who never writes
        MpiLauncher.LaunchResult result = mpi.Run(2, Prepare, $"{_folder.FullPath};run;still", ("ELECTRA_MPI_TIMEOUT", "2"), ChildProgram.Bare);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Single(
            result.Errors.Split('\n'), line => line.StartsWith($"rank 1: Waited for 2 seconds in vain for rank 0 on {Environment.MachineName}", StringComparison.Ordinal));
    }

    private static void Prepare(string argument)
    {
        string[] given = argument.Split(';');
        Environment.Exit(SampleProgram.RunRanks(
            (group, stop) =>
            {
                PrepareAs(group, given[0], given[1], stop, given.ElementAtOrDefault(2) ?? "");
                return true;
            },
            "saved", "stopped"));
    }

    /// <summary>Prepares as the sample does.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="folder">Of the test.</param>
    /// <param name="run">The output.</param>
    /// <param name="stop">Stops it.</param>
    /// <param name="what">A file at whose appearance the last rank dies, or what another corpus one rank has.</param>
    private static void PrepareAs(IProcessGroup group, string folder, string run, CancellationToken stop, string what = "")
    {
        if (what.Contains('.', StringComparison.Ordinal) && group.Rank == group.Size - 1) DieWhenThereIs(Path.Combine(folder, run, "shards.unfinished", what));
        string corpus = (what, group.Rank) switch
        {
            ("other", 1) => "other.txt",
            ("torn", 1) => "torn.jsonl",
            ("still", 0) => "still.txt",
            _ => "text.txt",
        };
        var arguments = new PretrainArguments
        {
            Corpus = [Path.Combine(folder, corpus)],
            SkipBadLines = what != "torn" || group.Rank != 1,
            VocabSize = 700,
            SequenceLength = 16,
            Output = Path.Combine(folder, run),
            Device = "cpu",
            Precision = "fp32",
        };
        RunPlan plan = SampleProgram.OnRanks(group, _ => RunPlanBuilder.Build(arguments), stop);
        RunConsole console = group.Rank == 0 ? PlainConsole.To(Console.Out) : RunConsole.Silent();
        new CorpusPreparation(plan, new RunFolder(arguments.Output), console, group).Prepare(stop);
    }

    private static void DieWhenThereIs(string file)
    {
        new Thread(Watch) { IsBackground = true }.Start();

        void Watch()
        {
            while (!File.Exists(file)) Thread.Sleep(1);
            Process.GetCurrentProcess().Kill();
        }
    }

    private void AssertSame(string run)
    {
        string[] Files(string name) => [.. Directory.GetFiles(_folder.File(name), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_folder.File(name), path)).Order(StringComparer.Ordinal)];
        string[] files = Files("alone");
        Assert.Contains(Path.Combine("shards", "shard-00000.tokens"), files);
        Assert.Equal(files, Files(run));
        Assert.False(Directory.Exists(_folder.File(run, "shards.unfinished")));
        Assert.All(files, file => Assert.True(File.ReadAllBytes(_folder.File("alone", file)).AsSpan().SequenceEqual(File.ReadAllBytes(_folder.File(run, file))), file));
    }
}

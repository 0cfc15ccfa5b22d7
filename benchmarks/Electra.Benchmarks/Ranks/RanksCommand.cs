using System.CommandLine;
using Electra.Benchmarks.CommandLine;
using Electra.Distributed;

namespace Electra.Benchmarks.Ranks;

/// <summary>The command lines of <c>ranks</c> and <c>scaling</c>.</summary>
internal static class RanksCommand
{
    private const string Explanation =
        """
        Times updates that several ranks share, beside each rank's share without the others. To be started by a launcher:
        mpirun -n 2 --bind-to core dotnet Electra.Benchmarks.dll ranks --model tiny
        """;

    private static readonly Option<string?> Model = BenchmarkCommand.Text("--model", "tiny|mini|small|base|large|config.json", "What is trained. Default: small.");
    private static readonly Option<int?> BatchSize = BenchmarkCommand.Number("--batch-size", "Sequences of all ranks together. Default: 32.", 1);
    private static readonly Option<int?> SequenceLength = BenchmarkCommand.Number("--sequence-length", "Tokens a sequence. Default: 128.", 8);
    private static readonly Option<int?> Steps = BenchmarkCommand.Number("--steps", "Measured updates. Default: 20.", 1);
    private static readonly Option<int?> Warmup = BenchmarkCommand.Number("--warmup", "Updates that do not count. Default: 3.", 0);

    /// <summary>Builds <c>ranks</c>.</summary>
    public static Command Create(Func<int?, Func<int>, int> guarded)
    {
        var command = new Command("ranks", Explanation) { Model, BatchSize, SequenceLength, Steps, Warmup };
        command.SetAction(result =>
        {
            using IProcessGroup group = ProcessGroup.Join();
            int threads = group.ThreadsPerRank();
            int code = guarded(threads, () =>
            {
                var arguments = new BenchmarkArguments
                {
                    Model = result.GetValue(Model),
                    BatchSize = result.GetValue(BatchSize),
                    SequenceLength = result.GetValue(SequenceLength),
                    Steps = result.GetValue(Steps),
                    Warmup = result.GetValue(Warmup),
                    Threads = threads,
                };
                new RanksBenchmark(SettingsBuilder.Build(arguments), group, Console.Out).Run();
                return 0;
            });
            group.Leave(code);
            return code;
        });
        return command;
    }

    /// <summary>Builds <c>scaling</c>.</summary>
    public static Command CreateScaling()
    {
        var command = new Command("scaling", "Prints what efficiency arithmetic alone predicts of many GPUs, as in docs/distributed.md.");
        command.SetAction(_ =>
        {
            foreach (string line in ScalingTable.Lines()) Console.WriteLine(line);
            return 0;
        });
        return command;
    }
}

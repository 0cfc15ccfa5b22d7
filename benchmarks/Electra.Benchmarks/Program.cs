using System.CommandLine;
using Electra.Benchmarks.CommandLine;
using Electra.Benchmarks.Curves;
using Electra.Benchmarks.FewShot;
using Electra.Benchmarks.Grammar;
using Electra.Benchmarks.Loading;
using Electra.Benchmarks.Machine;
using Electra.Benchmarks.Onnx;
using Electra.Benchmarks.Plain;
using Electra.Benchmarks.Race;
using Electra.Benchmarks.Race.Results;
using Electra.Benchmarks.Ranks;
using Electra.Benchmarks.Results;
using Electra.Benchmarks.Serve;
using Electra.Benchmarks.Vocabularies;
using Electra.Native;
using Electra.Training;

namespace Electra.Benchmarks;

/// <summary>Parses the command line, runs the benchmarks and prints what they found.</summary>
internal static class Program
{
    private const int Good = 0;
    private const int Failed = 1;
    private const int WrongUse = 2;
    private const int NotGood = 3;
    private const int Apart = 4;
    private const string StoppedAndSaved = "Stopped and saved; the same command goes on.";

    private static int Main(string[] arguments)
    {
        RootCommand root = BenchmarkCommand.Create((typed, names) => Guarded(typed.Threads, () => Run(typed, names)));
        root.Add(CurvesCommand.Create(typed => Guarded(typed.Threads, () => CurvesSession.Run(typed) ? Good : Apart)));
        root.Add(RaceCommand.Create(typed => Guarded(typed.Threads, () => Run(typed))));
        root.Add(FewShotCommand.Create(run => Interruptible(run, StoppedAndSaved)));
        root.Add(GrammarCommand.Create(run => Interruptible(run, "Interrupted.")));
        root.Add(VocabularyCommand.Create(run => Guarded(null, run)));
        root.Add(OnnxCommand.Create((threads, run) => Guarded(threads, run)));
        root.Add(RanksCommand.Create(Guarded));
        root.Add(RanksCommand.CreateScaling());
        root.Add(LoadingCommand.Create(run => Guarded(1, run)));
        root.Add(PlainCommand.Create(run => Interruptible(run, "Interrupted.")));
        root.Add(ServeCommand.Create(run => Guarded(null, run)));
        ParseResult parsed = root.Parse(arguments);
        return BenchmarkCommand.FirstError(parsed) is { } error
            ? Fail(error, WrongUse)
            : parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static int Run(BenchmarkArguments arguments, IReadOnlyList<string> names)
    {
        BenchmarkSettings settings = SettingsBuilder.Build(arguments);
        MachineInfo machine = MachineInfo.Read(settings.Device);
        if (!arguments.Json) Console.WriteLine(TextReport.Heading(settings, machine));
        List<JudgedResult> results = [];
        foreach (JudgedResult judged in BenchmarkSession.Run(settings, names))
        {
            results.Add(judged);
            if (!arguments.Json) Console.WriteLine(TextReport.Write(judged));
        }

        if (arguments.Json) Console.WriteLine(JsonReport.Write(settings, machine, results));
        string reasons = string.Join(
            "; ", results.SelectMany(judged => judged.Verdict.Reasons.Select(reason => $"{judged.Result.Name}: {reason}")));
        return reasons.Length == 0 ? Good : Fail($"This run is not good; measure again on a quiet machine. {reasons}.", NotGood);
    }

    private static int Run(RaceArguments arguments)
    {
        using var signals = new ShutdownSignals();
        RaceReport? report = RaceSession.Run(arguments, line => (arguments.Json ? Console.Error : Console.Out).WriteLine(line), signals.Token);
        if (report is null) return Fail(StoppedAndSaved, Math.Max(signals.ExitCode, Failed));
        Console.WriteLine(arguments.Json ? report.Json().ToJsonString() : report.Table());
        return Good;
    }

    private static int Guarded(int? threads, Func<int> run)
    {
        try
        {
            foreach (string problem in NativeBackend.TuneProcess(threads).Problems) Console.Error.WriteLine(problem);
            return run();
        }
        catch (UsageException error)
        {
            return Fail(error.Message, WrongUse);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or ArgumentException or DllNotFoundException)
        {
            return Fail($"Failed: {error.Message}", Failed);
        }
    }

    private static int Interruptible(Func<CancellationToken, int> run, string stopped) => Guarded(null, () =>
    {
        using var signals = new ShutdownSignals();
        try
        {
            return run(signals.Token);
        }
        catch (OperationCanceledException)
        {
            return Fail(stopped, Math.Max(signals.ExitCode, Failed));
        }
    });

    private static int Fail(string message, int code)
    {
        Console.Error.WriteLine(message.ReplaceLineEndings(" "));
        return code;
    }
}

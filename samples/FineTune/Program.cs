using System.CommandLine;
using Electra.Native;
using Electra.Samples.FineTune.Options;
using Electra.Samples.Pretrain;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Electra.Training;
using Spectre.Console;

namespace Electra.Samples.FineTune;

/// <summary>Parses the command line, runs the job and turns how it ended into an exit code.</summary>
internal static class Program
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int WrongUse = 2;

    private static int Main(string[] arguments)
    {
        ParseResult parsed = FineTuneCommand.Create(Run).Parse(arguments);
        return OptionKinds.FirstError(parsed) is { } error
            ? Fail(error, WrongUse)
            : parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static int Run(FineTuneArguments arguments)
    {
        using var signals = new ShutdownSignals();
        try
        {
            FineTunePlan plan = PlanBuilder.Build(arguments);
            var console = new RunConsole(AnsiConsole.Console);
            foreach (string problem in NativeBackend.TuneProcess().Problems) console.Say(problem);
            bool isComplete = new FineTuneJob(plan, DeviceChoice.Resolve(plan.Device), console).Run(signals.Token);
            return isComplete ? Done : Fail("Interrupted; the run is saved. The same command goes on from there.", signals.ExitCode);
        }
        catch (Exception exception) when (exception is UsageException or RunInUseException or ArgumentException)
        {
            return Fail(exception.Message, WrongUse);
        }
        catch (OperationCanceledException)
        {
            return Fail("Interrupted; what was saved goes on with the same command.", signals.ExitCode);
        }
        catch (TrainingDivergedException exception)
        {
            return Fail(exception.Message, Failed);
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or InvalidDataException or DllNotFoundException)
        {
            return Fail($"Failed: {exception.Message}", Failed);
        }
    }

    private static int Fail(string message, int code)
    {
        Console.Error.WriteLine(message.ReplaceLineEndings(" "));
        return code;
    }
}

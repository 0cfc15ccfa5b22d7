using System.CommandLine;
using Electra.Native;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Electra.Training;
using Spectre.Console;

namespace Electra.Samples.Pretrain;

/// <summary>Parses the command line, runs the job and turns how it ended into an exit code.</summary>
internal static class Program
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int WrongUse = 2;

    private static int Main(string[] arguments)
    {
        ParseResult parsed = PretrainCommand.Create(Run).Parse(arguments);
        return OptionKinds.FirstError(parsed) is { } error
            ? Fail(error, WrongUse)
            : parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static int Run(PretrainArguments arguments)
    {
        using var signals = new ShutdownSignals();
        try
        {
            RunPlan plan = RunPlanBuilder.Build(arguments);
            var console = new RunConsole(AnsiConsole.Console);
            foreach (string problem in NativeBackend.TuneProcess().Problems) console.Say(problem);
            if (DeviceChoice.Resolve(plan.Device).type == TorchSharp.DeviceType.CUDA) plan = RunPlanBuilder.Build(arguments, onGpu: true);
            bool isComplete = new PretrainJob(plan, console).Run(signals.Token);
            return isComplete ? Done : Fail("Interrupted; the run is saved. The same command goes on from there.", signals.ExitCode);
        }
        catch (Exception exception) when (exception is UsageException or RunInUseException)
        {
            return Fail(exception.Message, WrongUse);
        }
        catch (OperationCanceledException)
        {
            return Fail("Interrupted before training began. The same command starts again.", signals.ExitCode);
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

using System.CommandLine;
using System.Runtime.InteropServices;
using Electra.Native;
using Electra.Samples.Pretrain.Options;
using Electra.Training;

namespace Electra.Samples.Pretrain;

/// <summary>What the samples' programs have in common: how a command line is parsed, and how what became of the job turns into an exit code and one clear line.</summary>
internal static class SampleProgram
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int WrongUse = 2;

    /// <summary>Parses the arguments and runs the command, unless they are wrong.</summary>
    /// <returns>The exit code.</returns>
    public static int Start(RootCommand command, string[] arguments)
    {
        ParseResult parsed = command.Parse(arguments);
        return OptionKinds.FirstError(parsed) is { } error
            ? Fail(Console.Error, error, WrongUse)
            : parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>Runs a job until it is done, fails or the process is told to stop.</summary>
    /// <param name="job">The job; false where it was stopped and had saved all it did.</param>
    /// <param name="saved">What to say of a job that was stopped and saved.</param>
    /// <param name="stopped">What to say of a job that was stopped before that.</param>
    /// <param name="errors">Where it is said. Default: the error output.</param>
    /// <returns>The exit code.</returns>
    public static int Run(Func<CancellationToken, bool> job, string saved, string stopped, TextWriter? errors = null)
    {
        errors ??= Console.Error;
        using var signals = new ShutdownSignals();
        try
        {
            return job(signals.Token) ? Done : Fail(errors, saved, Math.Max(signals.ExitCode, Failed));
        }
        catch (OperationCanceledException)
        {
            return Fail(errors, stopped, Math.Max(signals.ExitCode, Failed));
        }
        catch (Exception exception) when (exception is UsageException or RunInUseException or ArgumentException)
        {
            return Fail(errors, exception.Message, WrongUse);
        }
        catch (TrainingDivergedException exception)
        {
            return Fail(errors, exception.Message, Failed);
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or InvalidDataException or DllNotFoundException)
        {
            return Fail(errors, $"Failed: {exception.Message}", Failed);
        }
        catch (ExternalException exception)
        {
            return Fail(errors, $"Failed in libtorch: {exception.Message.Split('\n')[0]}", Failed);
        }
    }

    /// <summary>Chooses how this process computes, before its first tensor.</summary>
    /// <param name="say">Told what is not as it should be.</param>
    public static void Tune(Action<string> say)
    {
        foreach (string problem in NativeBackend.TuneProcess().Problems) say(problem);
    }

    private static int Fail(TextWriter errors, string message, int code)
    {
        errors.WriteLine(message.ReplaceLineEndings(" "));
        return code;
    }
}

using System.CommandLine;
using System.Runtime.InteropServices;
using Electra.Distributed;
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

    /// <summary>
    /// The same in each of the processes that a launcher started; without one in this process alone. Rank 0 says what there is to be said, others only
    /// what went wrong with them.
    /// </summary>
    /// <param name="job">The job; false where all ranks were stopped and had saved all they did.</param>
    /// <param name="saved">As below.</param>
    /// <param name="stopped">As below.</param>
    /// <returns>The exit code.</returns>
    public static int RunRanks(Func<IProcessGroup, CancellationToken, bool> job, string saved, string stopped)
    {
        IProcessGroup? group = null;
        int code = Run(_ => (group = ProcessGroup.Join()) is not null, saved, stopped);
        if (group is null) return code;
        using (group)
        {
            bool isAgreed = false;
            code = Run(
                stop =>
                {
                    try
                    {
                        bool isDone = job(group, stop);
                        isAgreed = true;
                        return isDone;
                    }
                    catch (UsageException exception) when (group.Rank != 0 && !exception.IsOneRanks)
                    {
                        // The command line is that of rank 0, which says the same.
                        throw new ProcessGroupException(exception.Message, [group.Rank], wasReported: true) { ExitCode = WrongUse };
                    }
                },
                group.Rank == 0 ? saved : "", group.Rank == 0 ? stopped : "", group.Rank == 0 ? null : new RankErrors(group.Rank));
            group.Leave(isAgreed ? Done : code);
            return code;
        }
    }

    /// <summary>Has each rank do something of its own; of several in which it fails, the lowest says why, and all end as that one does.</summary>
    /// <param name="group">All ranks, each of which calls this.</param>
    /// <param name="work">Tells as it gets on.</param>
    /// <param name="cancellationToken">Stops all.</param>
    public static T OnRanks<T>(IProcessGroup group, Func<Heartbeat, T> work, CancellationToken cancellationToken = default)
    {
        try
        {
            return Heartbeat.Run(group, work, cancellationToken);
        }
        catch (UsageException exception) when (group.Rank != 0)
        {
            throw new UsageException(exception.Message, isOneRanks: true);
        }
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
        catch (ProcessGroupException exception)
        {
            return Fail(errors, exception.WasReported ? "" : exception.Message, exception.ExitCode is > 0 and int code ? code : Failed);
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
    /// <param name="group">The ranks that share the processors. Default: this process alone.</param>
    public static void Tune(Action<string> say, IProcessGroup? group = null)
    {
        int? threads = group is { Size: > 1 } ? group.ThreadsPerRank() : null;
        foreach (string problem in NativeBackend.TuneProcess(threads).Problems) say(problem);
    }

    private static int Fail(TextWriter errors, string message, int code)
    {
        if (message.Length > 0) errors.WriteLine(message.ReplaceLineEndings(" "));
        return code;
    }
}

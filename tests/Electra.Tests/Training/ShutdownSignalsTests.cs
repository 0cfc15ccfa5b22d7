using System.Diagnostics;
using System.Runtime.InteropServices;
using Electra.Tests.Support;
using Electra.Training;
using Microsoft.Extensions.Time.Testing;

namespace Electra.Tests.Training;

public class ShutdownSignalsTests
{
    private const int SigInt = 2;
    private const int SigTerm = 15;

    [SkippableTheory]
    [InlineData(SigInt, 130)]
    [InlineData(SigTerm, 143)]
    public void The_first_signal_asks_and_the_second_ends_the_process(int signal, int exitCode)
    {
        Skip.If(OperatingSystem.IsWindows(), "needs kill");
        using Process child = ChildProgram.StartWithDefaultSignals(WaitForSignals, "");
        Assert.Equal("listening", child.StandardOutput.ReadLine());
        Assert.Equal(0, Kill(child.Id, signal));
        Assert.Equal($"asked to stop, {exitCode}", child.StandardOutput.ReadLine());
        Assert.False(child.HasExited);
        Assert.Equal(0, Kill(child.Id, signal));
        Assert.True(child.WaitForExit(TimeSpan.FromSeconds(20)), "the second signal did not end the process");
        Assert.Equal(exitCode, child.ExitCode);
        Assert.Null(child.StandardOutput.ReadLine());
    }

    [Fact]
    public void A_signal_that_comes_again_within_the_grace_is_the_same_request()
    {
        var clock = new FakeTimeProvider();
        using var signals = new ShutdownSignals(TimeSpan.FromSeconds(1), clock);
        bool Ends(PosixSignal signal)
        {
            var context = new PosixSignalContext(signal);
            signals.Handle(context);
            return !context.Cancel;
        }

        Assert.False(Ends(PosixSignal.SIGINT));
        Assert.True(signals.Token.IsCancellationRequested);
        clock.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(Ends(PosixSignal.SIGTERM));
        Assert.Equal((PosixSignal.SIGINT, 130), (signals.Signal, signals.ExitCode));
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(Ends(PosixSignal.SIGINT));
    }

    [SkippableTheory]
    [InlineData(SigInt)]
    [InlineData(SigTerm)]
    public void A_pair_of_signals_as_timeout_sends_them_ends_nothing(int signal)
    {
        Skip.If(OperatingSystem.IsWindows(), "needs kill");
        using Process child = ChildProgram.StartWithDefaultSignals(StopWhenAsked, "");
        Assert.Equal("listening", child.StandardOutput.ReadLine());
        Assert.Equal(0, Kill(child.Id, signal));
        Assert.Equal("asked to stop", child.StandardOutput.ReadLine());
        Assert.Equal(0, Kill(child.Id, signal));
        Assert.Equal("saved", child.StandardOutput.ReadLine());
        child.WaitForExit();
        Assert.Equal(0, child.ExitCode);
    }

    [Fact]
    public void Without_a_signal_nothing_is_cancelled()
    {
        using var signals = new ShutdownSignals();
        Assert.False(signals.Token.IsCancellationRequested);
        Assert.Null(signals.Signal);
        Assert.Equal(0, signals.ExitCode);
    }

    /// <summary>The child's program.</summary>
    private static void WaitForSignals(string argument)
    {
        using var signals = new ShutdownSignals(grace: TimeSpan.Zero);
        Console.Out.WriteLine("listening");
        signals.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(30));
        Console.Out.WriteLine($"asked to stop, {signals.ExitCode}");
        Thread.Sleep(TimeSpan.FromSeconds(30));
        Console.Out.WriteLine($"still here{argument}");
    }

    /// <summary>The child's program: once asked, it stays until the second signal has come.</summary>
    private static void StopWhenAsked(string argument)
    {
        using var signals = new ShutdownSignals(grace: TimeSpan.FromHours(1));
        using var seen = new CountdownEvent(2);
        using var interrupts = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => seen.Signal());
        using var terminations = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => seen.Signal());
        Console.Out.WriteLine("listening");
        signals.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(30));
        Console.Out.WriteLine("asked to stop");
        seen.Wait(TimeSpan.FromSeconds(30));
        Console.Out.WriteLine($"saved{argument}");
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}

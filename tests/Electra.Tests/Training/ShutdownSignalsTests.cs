using System.Diagnostics;
using System.Runtime.InteropServices;
using Electra.Tests.Support;
using Electra.Training;

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
        using Process child = ChildProgram.Start(WaitForSignals, "");
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
        using var signals = new ShutdownSignals();
        Console.Out.WriteLine("listening");
        signals.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(30));
        Console.Out.WriteLine($"asked to stop, {signals.ExitCode}");
        Thread.Sleep(TimeSpan.FromSeconds(30));
        Console.Out.WriteLine($"still here{argument}");
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}

using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Electra.Tests.Support;

/// <summary>
/// Runs a part of this assembly in a process of its own, which a test may kill. The assembly's entry point belongs to the test SDK, so
/// the module initializer takes over when the environment names a program.
/// </summary>
internal static class ChildProgram
{
    /// <summary>Given to a child, keeps it from touching TorchSharp before its program does.</summary>
    public static readonly (string, string) Bare = ("ELECTRA_TEST_CHILD_BARE", "1");

    /// <summary>Given to a child, keeps libtorch's products to what a processor without AVX-512 can do.</summary>
    public static readonly (string, string) WithoutBFloat16 = ("ONEDNN_MAX_CPU_ISA", "AVX2");

    private const string Variable = "ELECTRA_TEST_CHILD";

    /// <summary>Starts <paramref name="program"/>, a static method, with <paramref name="argument"/>; its output is redirected.</summary>
    /// <param name="program">A static method of this assembly.</param>
    /// <param name="argument">Handed to it.</param>
    /// <param name="environment">Variables to set on top of this process's.</param>
    public static Process Start(Action<string> program, string argument, params (string Name, string Value)[] environment) =>
        Start([Host, Assembly], program, argument, environment);

    /// <summary>The same to its end: the lines that it printed.</summary>
    public static string[] Run(Action<string> program, string argument, params (string Name, string Value)[] environment)
    {
        using Process child = Start(program, argument, environment);
        Task<string> errors = child.StandardError.ReadToEndAsync();
        string[] lines = child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        child.WaitForExit();
        Assert.True(child.ExitCode == 0, errors.Result);
        return lines;
    }

    /// <summary>The same by a launcher, which starts it as often as its command line says.</summary>
    public static Process StartBy(string[] launcher, Action<string> program, string argument, params (string Name, string Value)[] environment) =>
        Start([.. launcher, Host, Assembly], program, argument, environment);

    /// <summary>The same from a copy of this assembly.</summary>
    public static Process Start(Action<string> program, string argument, string assembly, params (string Name, string Value)[] environment) =>
        Start([Host, assembly], program, argument, environment);

    /// <summary>
    /// The same with SIGINT as a terminal's programs have it: what a shell without job control starts in the background ignores it, and
    /// children inherit that.
    /// </summary>
    public static Process StartWithDefaultSignals(Action<string> program, string argument) =>
        Start(IgnoresInterrupts ? ["env", "--default-signal=INT", Host, Assembly] : [Host, Assembly], program, argument, []);

    private static string Assembly => typeof(ChildProgram).Assembly.Location;

    /// <summary>The program that runs assemblies.</summary>
    public static string Host => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";

    // SigIgn is a mask in hexadecimal, SIGINT its second bit.
    private static bool IgnoresInterrupts => File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is string line
        && (Convert.ToUInt64(line["SigIgn:".Length..].Trim(), 16) & 2) != 0;

    private static Process Start(string[] command, Action<string> program, string argument, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Variable] = $"{program.Method.DeclaringType!.FullName}|{program.Method.Name}|{argument}";
        foreach ((string name, string value) in environment) start.Environment[name] = value.Length == 0 ? null : value; // none: not inherited either
        return Process.Start(start)!;
    }

#pragma warning disable CA2255 // this assembly is a program, not a library
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Bare.Item1) is null) SetThreads();
        if (Environment.GetEnvironmentVariable(Variable)?.Split('|') is not [var type, var method, var argument]) return;
        Environment.SetEnvironmentVariable(Variable, null);
        var flags = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        typeof(ChildProgram).Assembly.GetType(type, throwOnError: true)!.GetMethod(method, flags)!.Invoke(null, [argument]);
        Environment.Exit(0);
    }

    // Parent and child alike: results are the same to the bit only with the same number of threads, set in the same way.
    private static void SetThreads()
    {
        bool isLimited = int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), out int threads);
        TorchSharp.torch.set_num_threads(isLimited ? threads : Environment.ProcessorCount);
    }
}

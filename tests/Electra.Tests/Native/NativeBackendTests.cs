using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Native;
using Electra.Tests.Support;
using TorchSharp;

namespace Electra.Tests.Native;

/// <summary>How libtorch comes into a process and what is set for it. Each runs in a child: a process loads libtorch once.</summary>
public class NativeBackendTests
{
    [SkippableFact]
    public void Libtorch_is_loaded_when_it_is_needed_and_not_before()
    {
        SkipUnlessLinux();
        Assert.Equal(
            ["of the library: not loaded, log empty", "of TorchSharp: loaded, log written", "1 + 1 = 2"],
            Run(Needs).Output);
    }

    [SkippableFact]
    public void Waiting_threads_are_told_how_long_to_look_for_work_before_libtorch_brings_them()
    {
        SkipUnlessLinux();
        Child tuned = Run(Tune, ("OMP_DISPLAY_ENV", "VERBOSE"));
        Assert.Equal(["spins 1000, keeps memory True, threads 1, problems 0"], tuned.Output);
        Assert.Contains("GOMP_SPINCOUNT = '1000'", tuned.Errors, StringComparison.Ordinal); // libgomp's own word
    }

    [SkippableTheory]
    [InlineData("GOMP_SPINCOUNT", "777", "GOMP_SPINCOUNT = '777'")]
    [InlineData("OMP_WAIT_POLICY", "ACTIVE", "OMP_WAIT_POLICY = 'ACTIVE'")]
    public void What_the_user_asked_for_stays(string variable, string value, string effect)
    {
        SkipUnlessLinux();
        foreach (Action<string> program in new Action<string>[] { Tune, TuneAfterSettingWithin })
        {
            (string, string)[] environment = program == Tune ? [("OMP_DISPLAY_ENV", "VERBOSE"), (variable, value)] : [("OMP_DISPLAY_ENV", "VERBOSE")];
            Child tuned = Run(program, $"{variable}={value}", environment);
            Assert.Equal(["spins none, keeps memory True, threads 1, problems 0"], tuned.Output);
            Assert.Contains(effect, tuned.Errors, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public void Too_late_to_tell_them_is_said()
    {
        SkipUnlessLinux();
        string[] lines = Run(TuneTooLate).Output;
        Assert.Equal("spins none, keeps memory True, threads 1, problems 1", lines[0]);
        Assert.Contains("libtorch was loaded before", lines[1], StringComparison.Ordinal);
        Assert.Contains("GOMP_SPINCOUNT=1000", lines[1], StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_chosen_libtorch_beside_the_programs_own_is_refused_with_advice_since_two_end_the_process()
    {
        SkipUnlessLinux();
        string own = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");
        Skip.IfNot(File.Exists(Path.Combine(own, "libtorch_cpu.so")), "the program has no libtorch to choose another over");
        using var folder = new TemporaryFolder();
        foreach (string file in Directory.GetFiles(own, "*.so*").Where(file => Path.GetFileName(file) is ['l', 'i', 'b', 't' or 'c' or 'g', ..]))
            File.Copy(file, folder.File(Path.GetFileName(file)));
        string message = string.Join(' ', Run(FailToLoad, ("ELECTRA_LIBTORCH", folder.FullPath)).Output);
        Assert.Contains($"ELECTRA_LIBTORCH chooses {folder.File("libtorch_cpu.so")}, but the program brings {own}", message, StringComparison.Ordinal);
        Assert.Contains("-p:TorchBackend=none", message, StringComparison.Ordinal);
        Assert.Equal(["loaded 1"], Run(UseTorchSharp, ("ELECTRA_LIBTORCH", folder.FullPath)).Output);
        Assert.Equal(["loaded 1"], Run(UseTorchSharp, ("ELECTRA_LIBTORCH", own)).Output); // its own, chosen
    }

    [SkippableFact]
    public void A_host_that_set_a_resolver_first_is_no_obstacle()
    {
        SkipUnlessLinux();
        Assert.Equal(["1 + 1 = 2"], Run(ResolveFirst).Output);
    }

    [SkippableFact]
    public void What_a_hosts_resolver_means_is_said_when_loading_fails()
    {
        SkipUnlessLinux();
        using var folder = new TemporaryFolder();
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory))
        {
            if (Path.GetExtension(file) is ".dll" || file.EndsWith(".runtimeconfig.json", StringComparison.Ordinal))
                File.Copy(file, folder.File(Path.GetFileName(file)));
        }

        string assembly = folder.File(Path.GetFileName(typeof(NativeBackendTests).Assembly.Location));
        foreach ((Action<string> program, bool taken) in new (Action<string>, bool)[] { (FailToLoad, false), (FailToLoadAfterResolver, true) })
        {
            using Process child = ChildProgram.Start(program, "", assembly, ChildProgram.Bare);
            string message = child.StandardOutput.ReadToEnd();
            child.WaitForExit();
            Assert.Contains("libtorch_cpu.so: not found in", message, StringComparison.Ordinal);
            Assert.Equal(taken, message.Contains("import resolver", StringComparison.Ordinal));
        }
    }

    private static void Needs(string argument)
    {
        Console.WriteLine($"of the library: {State(ElectraConfig.Small.HiddenSize)}");
        using torch.Tensor sum = torch.ones(1) + 1; // TorchSharp itself, without a word to this library
        Console.WriteLine($"of TorchSharp: {State(0)}");
        Console.WriteLine($"1 + 1 = {sum.item<float>()}");
    }

    private static string State(int used)
    {
        bool isLoaded = File.ReadAllText("/proc/self/maps").Contains("libtorch_cpu.so", StringComparison.Ordinal);
        return $"{(isLoaded ? "" : "not ")}loaded, log {(NativeBackend.LoadLog.Length == 0 ? "empty" : "written")}{(used < 0 ? "!" : "")}";
    }

    private static void UseTorchSharp(string argument)
    {
        Assert.Equal(256, ElectraConfig.Small.HiddenSize);
        using torch.Tensor sum = torch.ones(1) + 1;
        IEnumerable<string> mapped = File.ReadLines("/proc/self/maps").Where(line => line.EndsWith("/libtorch_cpu.so", StringComparison.Ordinal));
        Console.WriteLine($"loaded {mapped.Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..]).Distinct().Count()}");
    }

    private static void Tune(string argument) => Show(NativeBackend.TuneProcess(1));

    private static void TuneAfterSettingWithin(string argument)
    {
        string[] setting = argument.Split('=');
        Environment.SetEnvironmentVariable(setting[0], setting[1]);
        Tune("");
    }

    private static void TuneTooLate(string argument)
    {
        torch.set_num_threads(2);
        ProcessTuning tuning = NativeBackend.TuneProcess(1);
        Show(tuning);
        Console.WriteLine(tuning.Problems[0]);
    }

    private static void Show(ProcessTuning tuning) => Console.WriteLine(
        $"spins {tuning.SpinCount?.ToString() ?? "none"}, keeps memory {tuning.KeepsFreedMemory}, threads {tuning.Threads}, problems {tuning.Problems.Count}");

    private static void ResolveFirst(string argument)
    {
        NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (_, _, _) => 0);
        UseModel();
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // the library's initializer runs before a method that names it
    private static void UseModel()
    {
        using var model = new ElectraModel(ElectraConfig.Tiny with { VocabSize = 10 });
        using torch.Tensor sum = torch.ones(1) + 1;
        Console.WriteLine($"1 + 1 = {sum.item<float>()}");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FailToLoad(string argument)
    {
        try
        {
            NativeBackend.TuneProcess();
        }
        catch (DllNotFoundException exception)
        {
            Console.WriteLine(exception.Message);
        }
    }

    private static void FailToLoadAfterResolver(string argument)
    {
        NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (_, _, _) => 0);
        FailToLoad("");
    }

    private static Child Run(Action<string> program, params (string, string)[] environment) => Run(program, "", environment);

    private static Child Run(Action<string> program, string argument, params (string, string)[] environment)
    {
        (string, string)[] neutral = [ChildProgram.Bare, ("GOMP_SPINCOUNT", ""), ("OMP_WAIT_POLICY", ""), ("OMP_NUM_THREADS", "")];
        using Process child = ChildProgram.Start(program, argument, [.. neutral, .. environment]);
        Task<string> errors = child.StandardError.ReadToEndAsync();
        string[] lines = child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        child.WaitForExit();
        Assert.True(child.ExitCode == 0, errors.Result);
        return new Child(lines, errors.Result);
    }

    private static void SkipUnlessLinux() => Skip.IfNot(OperatingSystem.IsLinux(), "libtorch and its threads are loaded by TorchSharp there");

    private sealed record Child(string[] Output, string Errors);
}

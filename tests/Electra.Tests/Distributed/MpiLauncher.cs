using System.Diagnostics;
using Electra.Tests.Support;

namespace Electra.Tests.Distributed;

/// <summary>The launchers of the MPI implementations on this machine, for tests that start ranks.</summary>
/// <param name="Name">The implementation.</param>
/// <param name="Command">The launcher with what it needs here.</param>
internal sealed record MpiLauncher(string Name, string[] Command)
{
    public const string OpenMpi = "Open MPI", Mpich = "MPICH";

    private static readonly Dictionary<string, Lazy<MpiLauncher?>> Known = new()
    {
        // Without binding, since tests have more ranks than cores; as root, since containers are.
        [OpenMpi] = new(() => Find(OpenMpi, "(Open MPI)", ["mpirun.openmpi", "mpirun"], ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none"])),
        [Mpich] = new(() => Find(Mpich, "HYDRA", ["mpiexec.hydra", "mpiexec.mpich", "mpiexec"], [])),
    };

    /// <summary>Each known implementation, whether it is here or not.</summary>
    public static TheoryData<string> Names => [.. Known.Keys];

    /// <summary>An implementation; skips the calling test where it is not installed.</summary>
    public static MpiLauncher Require(string name)
    {
        Skip.If(Known[name].Value is null, $"{name} is not installed (on Debian: apt-get install openmpi-bin mpich)");
        return Known[name].Value!;
    }

    /// <summary>Any implementation; skips the calling test where there is none.</summary>
    public static MpiLauncher RequireAny()
    {
        MpiLauncher? any = Known.Values.Select(launcher => launcher.Value).FirstOrDefault(launcher => launcher is not null);
        Skip.If(any is null, "no MPI is installed (on Debian: apt-get install openmpi-bin mpich)");
        return any!;
    }

    /// <summary>Starts a program of this assembly as several ranks and waits for their end.</summary>
    /// <param name="ranks">How many.</param>
    /// <param name="program">A static method of this assembly.</param>
    /// <param name="argument">Handed to it.</param>
    /// <param name="environment">Variables to set.</param>
    public LaunchResult Run(int ranks, Action<string> program, string argument = "", params (string Name, string Value)[] environment)
    {
        (string, string)[] all = [("OMP_NUM_THREADS", "1"), ("ELECTRA_MPI_TIMEOUT", "60"), ("TERM", "dumb"), .. environment];
        var clock = Stopwatch.StartNew();
        using Process job = ChildProgram.StartBy([.. Command, "-n", $"{ranks}"], program, argument, all);
        Task<string> output = job.StandardOutput.ReadToEndAsync(), errors = job.StandardError.ReadToEndAsync();
        job.StandardInput.Close();
        bool ended = job.WaitForExit(TimeSpan.FromMinutes(3));
        if (!ended) job.Kill(entireProcessTree: true);
        var result = new LaunchResult(ended ? job.ExitCode : null, output.Result, errors.Result, clock.Elapsed);
        Assert.True(ended, $"{Name}: the job hangs. {result.Errors}{result.Output}");
        return result;
    }

    private static MpiLauncher? Find(string name, string mark, string[] programs, string[] arguments)
    {
        foreach (string program in programs)
        {
            try
            {
                using Process asked = Process.Start(new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
                string version = asked.StandardOutput.ReadToEnd();
                asked.WaitForExit();
                if (version.Contains(mark, StringComparison.Ordinal)) return new MpiLauncher(name, [program, .. arguments]);
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // there is no such program
            }
        }

        return null;
    }

    /// <summary>What became of the ranks.</summary>
    /// <param name="ExitCode">The launcher's.</param>
    /// <param name="Output">Of all ranks.</param>
    /// <param name="Errors">Of all ranks and the launcher.</param>
    /// <param name="Time">How long it took.</param>
    internal sealed record LaunchResult(int? ExitCode, string Output, string Errors, TimeSpan Time)
    {
        /// <summary>The lines that ranks printed, sorted.</summary>
        public string[] Lines => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

        /// <summary>The same of ranks that all went well.</summary>
        public string[] Succeeded()
        {
            Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Errors}{Output}");
            return Lines;
        }
    }
}

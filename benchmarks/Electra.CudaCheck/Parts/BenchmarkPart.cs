using Electra.Benchmarks.CommandLine;

namespace Electra.CudaCheck.Parts;

/// <summary>The benchmark program, whose <c>--json</c> object is the part's.</summary>
internal static class BenchmarkPart
{
    /// <summary>Runs it and gives its exit code.</summary>
    public static int Run(string device, string[] options) =>
        (int)typeof(BenchmarkCommand).Assembly.EntryPoint!.Invoke(null, [(string[])[.. options, "--device", device]])!;
}

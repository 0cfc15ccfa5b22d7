using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Machine;

/// <summary>What figures depend on besides the program.</summary>
internal sealed record MachineInfo(
    string Processor, int Processors, int Threads, string Device, string System, string Runtime, string Libtorch)
{
    /// <summary>This machine; libtorch's threads must be set.</summary>
    public static MachineInfo Read(Device device) => new(
        ProcessorName(), Environment.ProcessorCount, get_num_threads(), device.ToString(), RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription, __version__);

    private static string ProcessorName()
    {
        if (!OperatingSystem.IsLinux()) return RuntimeInformation.ProcessArchitecture.ToString();
        string? line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal));
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}

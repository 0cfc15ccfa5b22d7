using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Benchmarks.Machine;
using Electra.Native;
using TorchSharp;

namespace Electra.CudaCheck.Parts;

/// <summary>What the machine is, and whether libtorch sees its GPU.</summary>
internal static class MachinePart
{
    private static readonly JsonSerializerOptions Style = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Passes when the device is there.</summary>
    public static JsonObject Run(string device)
    {
        bool hasCuda = NativeBackend.IsCudaAvailable(out string reason);
        JsonObject result = JsonSerializer.SerializeToNode(MachineInfo.Read(torch.CPU), Style)!.AsObject();
        result["device"] = device;
        result["gpus"] = hasCuda ? torch.cuda.device_count() : 0;
        result["gpu"] = AskDriver();
        if (!hasCuda) result["no_cuda"] = reason;
        result["libraries"] = NativeBackend.LoadLog;
        result["passed"] = device == "cpu" || hasCuda;
        return result;
    }

    private static string? AskDriver()
    {
        try
        {
            var start = new ProcessStartInfo("nvidia-smi", ["--query-gpu=name,driver_version,memory.total,compute_cap", "--format=csv,noheader"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            return process.StandardOutput.ReadToEnd().Trim();
        }
        catch (Win32Exception)
        {
            return null; // no such program
        }
    }
}

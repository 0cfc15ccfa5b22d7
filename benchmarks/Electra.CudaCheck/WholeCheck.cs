using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Electra.CudaCheck;

/// <summary>All parts, one after the other, in processes of their own.</summary>
internal static class WholeCheck
{
    private const int MeasuredOnABusyMachine = 3; // the benchmark's exit code: its figures may be off, but it ran

    /// <summary>Runs them and gathers what they print.</summary>
    public static JsonObject Run(string device)
    {
        bool onGpu = device == "cuda";
        string[] sizes = onGpu
            ? ["--model", "small", "--precision", "bf16", "--batch-size", "128", "--sequence-length", "128"]
            : ["--model", "tiny", "--precision", "fp32", "--batch-size", "8", "--sequence-length", "32", "--steps", "5", "--warmup", "1"];
        JsonObject result = new()
        {
            ["device"] = device,
            ["symbols"] = Part(device, "symbols"),
            ["machine"] = Part(device, "machine"),
            ["tests"] = Part(device, "tests"),
            ["benchmark"] = Part(device, ["benchmark", "step", "--json", .. sizes]),
            ["training"] = Part(device, "training"),
        };
        if (onGpu)
        {
            result["benchmark_base"] = Part(
                device, "benchmark", "step", "--json", "--model", "base", "--precision", "bf16", "--batch-size", "16", "--sequence-length", "512",
                "--steps", "30");
        }

        result["passed"] = result.All(part => part.Value is not JsonObject json || (bool)json["passed"]!);
        return result;
    }

    private static JsonObject Part(string device, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [.. arguments, "--device", device])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ELECTRA_CHECK_DEVICE"] = device;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        JsonObject part = Parse(output);
        part["exit_code"] = process.ExitCode;
        part["passed"] = process.ExitCode is 0 or MeasuredOnABusyMachine && part.Count > 1;
        if (process.ExitCode != 0) part["errors"] = new JsonArray([.. errors.Result.Split('\n').TakeLast(30).Select(line => JsonValue.Create(line))]);
        return part;
    }

    // libtorch may print warnings before the object.
    private static JsonObject Parse(string output)
    {
        int start = output.IndexOf('{', StringComparison.Ordinal);
        try
        {
            return start < 0 ? [] : JsonNode.Parse(output[start..])!.AsObject();
        }
        catch (JsonException)
        {
            return new JsonObject { ["output"] = output };
        }
    }
}

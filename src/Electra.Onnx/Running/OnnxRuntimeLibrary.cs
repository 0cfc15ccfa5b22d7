using Electra.Native;
using Microsoft.ML.OnnxRuntime;

namespace Electra.Onnx;

/// <summary>ONNX Runtime's native library in this process.</summary>
public static class OnnxRuntimeLibrary
{
    private const string OptOut = "ORT_DISABLE_TELEMETRY";

    /// <summary>
    /// Loads the library, and has it send nothing. From version 1.29 on its official builds tell Microsoft of the process, the machine and each model that is
    /// opened, and keep an identifier in the user's cache (github.com/microsoft/onnxruntime, pull request 27379; before, on Windows alone). All predictors call this
    /// first; an application that makes sessions of its own should, too, and may call it early, beside other work, to start sooner.
    /// Whoever wants it told sets <c>ORT_DISABLE_TELEMETRY=0</c> in the environment. Thread-safe.
    /// </summary>
    /// <exception cref="DllNotFoundException">There is no ONNX Runtime for this system.</exception>
    public static void Load()
    {
        string? asked = Environment.GetEnvironmentVariable(OptOut);
        // Read by native code, once, when its environment is made; Windows has the call below instead.
        if (!OperatingSystem.IsWindows()) _ = NativeEnvironment.Set(OptOut, string.IsNullOrEmpty(asked) ? "1" : asked);
        var environment = OrtEnv.Instance();
        if (asked != "0") environment.DisableTelemetryEvents();
    }
}

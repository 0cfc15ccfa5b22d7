using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Electra.CudaCheck.Parts;

/// <summary>
/// Whether the libtorch at hand defines every symbol that TorchSharp's shim needs. The shim is bound symbol by symbol as it is used, so a
/// libtorch of another version may load and end the process much later. Nothing of Electra or TorchSharp is loaded here.
/// </summary>
internal static class SymbolPart
{
    private const string Shim = "libLibTorchSharp.so";

    // Every object file that includes GCC 13's <iostream> names it; nothing calls it.
    private const string Marker = "_ZSt21ios_base_library_initv";

    private static readonly string[] Libtorch = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];

    private static readonly string[] System =
        ["libstdc++.so.6", "libgcc_s.so.1", "libm.so.6", "libc.so.6", "libpthread.so.0", "libdl.so.2", "ld-linux-x86-64.so.2"];

    /// <summary>Passes when none is missing.</summary>
    public static JsonObject Run()
    {
        string folder = Environment.GetEnvironmentVariable("ELECTRA_LIBTORCH") ?? "";
        JsonArray notLoaded = [];
        List<nint> libraries = [];
        foreach (string path in (string[])[.. Libtorch.Select(file => Path.Combine(folder, file)), .. System])
        {
            if (NativeLibrary.TryLoad(path, out nint library)) libraries.Add(library);
            else if (!System.Contains(path)) notLoaded.Add(path);
        }

        byte[] shim = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, Shim));
        string[] needed = [.. ElfImports.Required(shim).Where(symbol => symbol != Marker)];
        string[] missing = [.. needed.Where(symbol => !libraries.Any(library => NativeLibrary.TryGetExport(library, symbol, out _)))];
        return new JsonObject
        {
            ["libtorch"] = folder,
            ["not_loaded"] = notLoaded,
            ["needed"] = needed.Length,
            ["missing"] = new JsonArray([.. missing.Select(symbol => JsonValue.Create(symbol))]),
            ["passed"] = notLoaded.Count == 0 && missing.Length == 0 && needed.Length > 0,
        };
    }
}

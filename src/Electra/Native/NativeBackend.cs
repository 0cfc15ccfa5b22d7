using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Text;
using TorchSharp;

namespace Electra.Native;

/// <summary>
/// Loads libtorch so that TorchSharp works where its own loader does not: distributions with a libstdc++ older than GCC 13's,
/// and machines where libtorch comes with a Python PyTorch (<c>ELECTRA_LIBTORCH=/path/to/torch/lib</c>).
/// Loading this library changes no thread, allocator or random setting of the process and does not load libtorch yet, which its first use does;
/// programs ask for settings with <see cref="TuneProcess"/>. On Linux it becomes TorchSharp's import resolver, of which a process can have one.
/// </summary>
public static partial class NativeBackend
{
    private const string Shim = "libLibTorchSharp.so";
    private const string LibtorchVariable = "ELECTRA_LIBTORCH";
    private static readonly StringBuilder Log = new();
    private static readonly Lazy<Libraries> Loaded = new(LoadOnLinux);
    private static nint libtorch;
    private static bool isResolverTaken;

    /// <summary>
    /// What was tried while loading, one line a library with the dynamic linker's reason where it failed; empty before libtorch was needed.
    /// </summary>
    public static string LoadLog => Log.ToString();

    /// <summary>Runs once before any other code of this assembly.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "TorchSharp must be told where its libraries are before it looks for them.")]
    internal static void Initialize()
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeBackend).Assembly, ResolveLibtorch);
        if (!OperatingSystem.IsLinux()) return; // elsewhere TorchSharp's own loader does it all
        Assembly torchSharp = typeof(torch).Assembly;
        // What TorchSharp loads by name asks nobody before it has looked in the program's folder, where a shim may lie that can't be loaded.
        AssemblyLoadContext.GetLoadContext(torchSharp)!.ResolvingUnmanagedDll += (_, name) => OfLibtorch(name);
        try
        {
            NativeLibrary.SetDllImportResolver(torchSharp, (name, _, _) => name == "LibTorchSharp" ? OfLibtorch(name) : 0);
        }
        catch (InvalidOperationException)
        {
            isResolverTaken = true; // by the host program; its resolver may well find what is needed
        }
    }

    /// <summary>Makes sure that tensors can be made, or says plainly why not and what to do.</summary>
    /// <exception cref="DllNotFoundException">libtorch or TorchSharp's shim is missing or cannot be loaded.</exception>
    public static void EnsureAvailable()
    {
        if (!OperatingSystem.IsLinux() || Loaded.Value.Shim != 0) return;
        string taken = isResolverTaken
            ? "\nThe program has set an import resolver for TorchSharp's assembly before Electra could: it must find LibTorchSharp itself, or be set no more."
            : "";
        throw new DllNotFoundException(
            $"""
            libtorch could not be loaded. Reference a libtorch package in the program (libtorch-cpu-linux-x64 or TorchSharp-cuda-linux),
            or set {LibtorchVariable} to the folder that holds libtorch_cpu.so, for example .../site-packages/torch/lib.{taken} What was tried:
            {Log}
            """);
    }

    /// <summary>
    /// Whether CUDA can be used, and if not, the reason: TorchSharp alone falls back in silence when a CUDA library is missing.
    /// </summary>
    /// <param name="reason">Empty when CUDA is available.</param>
    public static bool IsCudaAvailable(out string reason)
    {
        EnsureAvailable();
        bool available = torch.cuda_is_available();
        reason = available ? "" : $"libtorch reports no CUDA device (no CUDA build of libtorch, no driver, or no GPU). What was loaded:\n{Log}";
        return available;
    }

    /// <summary>The handle of libtorch_cpu, loaded now at the latest.</summary>
    internal static nint Libtorch => ResolveLibtorch("torch_cpu", typeof(NativeBackend).Assembly, null);

    /// <summary>The handle of libtorch_cuda, loaded now at the latest; 0 where this libtorch has no CUDA, and on other systems than Linux.</summary>
    internal static nint LibtorchCuda => OperatingSystem.IsLinux() ? Loaded.Value.Cuda : 0;

    private static nint ResolveLibtorch(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "torch_cpu") return 0;
        if (libtorch != 0) return libtorch;
        EnsureAvailable();
        if (OperatingSystem.IsLinux()) return libtorch = Loaded.Value.Libtorch;
        torch.InitializeDeviceType(DeviceType.CPU);
        return libtorch = NativeLibrary.Load("torch_cpu", typeof(torch).Assembly, null);
    }

    /// <summary>The library of that name, which is loaded now at the latest; 0 for those that are none of libtorch's.</summary>
    private static nint OfLibtorch(string name) => name switch
    {
        "LibTorchSharp" => Loaded.Value.Shim,
        "torch_cpu" => Loaded.Value.Libtorch,
        "torch_cuda" => Loaded.Value.Cuda,
        _ => 0,
    };
}

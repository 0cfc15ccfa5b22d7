using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;

namespace Electra.Native;

/// <summary>
/// Loads libtorch so that TorchSharp works where its own loader does not: distributions with a libstdc++ older than GCC 13's,
/// and machines where libtorch comes with a Python PyTorch (<c>ELECTRA_LIBTORCH=/path/to/torch/lib</c>).
/// Loading this library changes no thread, allocator or random setting of the process; programs ask for the first two with
/// <see cref="TuneProcess"/>. On Linux it becomes TorchSharp's import resolver, of which a process can have one.
/// </summary>
public static partial class NativeBackend
{
    private const string Shim = "libLibTorchSharp.so";
    private const string LibtorchVariable = "ELECTRA_LIBTORCH";
    private static readonly StringBuilder Log = new();
    private static nint libtorch;
    private static nint shim;

    /// <summary>What was tried while loading, one line a library with the dynamic linker's reason where it failed.</summary>
    public static string LoadLog => Log.ToString();

    /// <summary>Runs once before any other code of this assembly, hence before TorchSharp's own loader.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The shim must be in the process before TorchSharp looks for it.")]
    internal static void Initialize()
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeBackend).Assembly, ResolveLibtorch);
        if (!OperatingSystem.IsLinux()) return; // elsewhere TorchSharp's own loader does it all
        LoadOnLinux();
        if (shim == 0) return; // TorchSharp's own message follows at its first use; EnsureAvailable gives ours
        NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, static (name, _, _) => name == "LibTorchSharp" ? shim : 0);
    }

    /// <summary>Makes sure that tensors can be made, or says plainly why not and what to do.</summary>
    /// <exception cref="DllNotFoundException">libtorch or TorchSharp's shim is missing or cannot be loaded.</exception>
    public static void EnsureAvailable()
    {
        if (!OperatingSystem.IsLinux() || shim != 0) return;
        throw new DllNotFoundException(
            $"""
            libtorch could not be loaded. Reference a libtorch package in the program (libtorch-cpu-linux-x64 or TorchSharp-cuda-linux),
            or set {LibtorchVariable} to the folder that holds libtorch_cpu.so, for example .../site-packages/torch/lib. What was tried:
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

    private static nint ResolveLibtorch(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "torch_cpu") return 0;
        if (libtorch != 0) return libtorch;
        EnsureAvailable();
        torch.InitializeDeviceType(DeviceType.CPU);
        return libtorch = NativeLibrary.Load("torch_cpu", typeof(torch).Assembly, null);
    }

    private static void LoadOnLinux()
    {
        List<string> folders = [];
        if (Environment.GetEnvironmentVariable(LibtorchVariable) is { Length: > 0 } chosen) folders.Add(chosen);
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string searched)
        {
            folders.AddRange(searched.Split(':', StringSplitOptions.RemoveEmptyEntries));
        }

        folders.Add(AppContext.BaseDirectory);
        folders.Add(Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native"));

        // By full path and in this order: the SONAMEs in the process then satisfy what the shim and TorchSharp ask for by name.
        TryLoad("libc10.so", folders);
        libtorch = TryLoad("libtorch_cpu.so", folders);
        if (libtorch == 0) return;
        TryLoad("libc10_cuda.so", folders, optional: true);
        TryLoad("libtorch_cuda.so", folders, optional: true);
        TryLoad("libtorch.so", folders);
        shim = TryLoad(Shim, folders);
        if (shim == 0 && Find(Shim, folders) is { } path) shim = LoadRelaxedCopy(path);
    }

    private static string? Find(string file, List<string> folders) =>
        folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);

    private static nint TryLoad(string file, List<string> folders, bool optional = false)
    {
        if (Find(file, folders) is not { } path)
        {
            if (!optional) Log.AppendLine($"{file}: not found in {string.Join(", ", folders)}");
            return 0;
        }

        try
        {
            nint handle = NativeLibrary.Load(path);
            Log.AppendLine($"{path}: loaded");
            return handle;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            Log.AppendLine($"{path}: {e.Message.ReplaceLineEndings(" ")}");
            return 0;
        }
    }

    /// <summary>The shim needs a symbol version that it uses no symbol of; a copy in memory does without.</summary>
    private static nint LoadRelaxedCopy(string path)
    {
        byte[] image = File.ReadAllBytes(path);
        int relaxed = ElfSymbolVersions.MakeWeak(image, "GLIBCXX_3.4.32");
        int file = MemoryFile(Shim, 0);
        using (var stream = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(file, ownsHandle: false), FileAccess.Write))
        {
            stream.Write(image);
        }

        nint handle = TryLoad(file.ToString(), ["/proc/self/fd"]);
        Log.AppendLine($"{path}: copy in memory with {relaxed} relaxed version need(s) {(handle == 0 ? "failed" : "loaded")}");
        return handle;
    }

    [DllImport("libc", EntryPoint = "memfd_create", SetLastError = true)]
    private static extern int MemoryFile([MarshalAs(UnmanagedType.LPUTF8Str)] string name, uint flags);
}

using System.Runtime.InteropServices;

namespace Electra.Native;

public static partial class NativeBackend
{
    private static Libraries LoadOnLinux()
    {
        List<string> folders = [];
        string? chosen = Environment.GetEnvironmentVariable(LibtorchVariable);
        if (!string.IsNullOrEmpty(chosen)) folders.Add(chosen);
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string searched)
        {
            folders.AddRange(searched.Split(':', StringSplitOptions.RemoveEmptyEntries));
        }

        folders.Add(AppContext.BaseDirectory);
        folders.Add(Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native"));

        if (IsTwice("libtorch_cpu.so", chosen, folders)) return default;

        // By full path and in this order: the SONAMEs in the process then satisfy what the shim and TorchSharp ask for by name.
        TryLoad("libc10.so", folders);
        nint cpu = TryLoad("libtorch_cpu.so", folders);
        if (cpu == 0) return default;
        TryLoad("libc10_cuda.so", folders, optional: true);
        nint cuda = TryLoad("libtorch_cuda.so", folders, optional: true);
        TryLoad("libtorch.so", folders);
        nint shim = TryLoad(Shim, folders);
        if (shim == 0 && Find(Shim, folders) is { } path) shim = LoadRelaxedCopy(path);
        return new Libraries(cpu, cuda, shim);
    }

    /// <summary>TorchSharp's own loader takes the program's libtorch whatever was chosen, and two of them in a process end it.</summary>
    private static bool IsTwice(string file, string? chosen, List<string> folders)
    {
        if (string.IsNullOrEmpty(chosen) || Find(file, folders) is not { } first || Find(file, [.. folders.Where(folder => folder != chosen)]) is not { } own)
            return false;
        static string Real(string path) => (File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName) ?? Path.GetFullPath(path);
        if (Real(first) == Real(own)) return false;
        Log.AppendLine(
            $"{LibtorchVariable} chooses {first}, but the program brings {own}, which TorchSharp loads beside it: build the program without a libtorch package "
            + $"(this repository's with -p:TorchBackend=none), or unset {LibtorchVariable}.");
        return true;
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

    private readonly record struct Libraries(nint Libtorch, nint Cuda, nint Shim);
}

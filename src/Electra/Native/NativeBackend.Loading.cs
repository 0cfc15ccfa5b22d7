using System.Runtime.InteropServices;

namespace Electra.Native;

public static partial class NativeBackend
{
    private static Libraries LoadOnLinux()
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
        nint cpu = TryLoad("libtorch_cpu.so", folders);
        if (cpu == 0) return default;
        TryLoad("libc10_cuda.so", folders, optional: true);
        nint cuda = TryLoad("libtorch_cuda.so", folders, optional: true);
        TryLoad("libtorch.so", folders);
        nint shim = TryLoad(Shim, folders);
        if (shim == 0 && Find(Shim, folders) is { } path) shim = LoadRelaxedCopy(path);
        return new Libraries(cpu, cuda, shim);
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

using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using TorchSharp;

namespace Electra.Tests.Support;

/// <summary>
/// Lists the libtorch operators that code runs, those inside other operators and of the backward pass included. TorchSharp binds no profiler,
/// so this calls libtorch's own, a C++ class whose constructor takes a file name and whose destructor writes the file.
/// </summary>
internal static unsafe class OperatorTrace
{
    private const string Class = "_ZN5torch8autograd8profiler13RecordProfile";
    private const int MoreThanItsSize = 256;

    /// <summary>The names in the order in which the operators ended; skips the calling test where the class has another name.</summary>
    public static IReadOnlyList<string> Of(Action action)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the profiler's C++ name is that of libtorch for Linux");
        nint library = NativeLibrary.Load("torch_cpu", typeof(torch).Assembly, null);
        var begin = (delegate* unmanaged<void*, CppString*, void>)NativeLibrary.GetExport(
            library, $"{Class}C1ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE");
        var end = (delegate* unmanaged<void*, void>)NativeLibrary.GetExport(library, $"{Class}D1Ev");
        using var folder = new TemporaryFolder();
        byte[] path = Encoding.UTF8.GetBytes(folder.File("trace.json"));
        void* profile = NativeMemory.AllocZeroed(MoreThanItsSize);
        fixed (byte* characters = path)
        {
            CppString name = new() { Characters = characters, Length = (nuint)path.Length, Capacity = (nuint)path.Length };
            begin(profile, &name);
        }

        try
        {
            action();
        }
        finally
        {
            end(profile);
            NativeMemory.Free(profile);
        }

        using JsonDocument events = JsonDocument.Parse(File.ReadAllText(folder.File("trace.json")));
        return [.. events.RootElement.EnumerateArray().Select(e => e.GetProperty("name").GetString()!)];
    }

    // std::string of libstdc++, read only.
    private struct CppString
    {
        public byte* Characters;
        public nuint Length;
        public nuint Capacity;
        public nuint Unused;
    }
}

using System.Runtime.InteropServices;

namespace Electra.Onnx;

/// <summary>
/// While it lives, the thread takes numbers too small for float32's exponents (below 1.2e-38) as 0; then it does as before. ONNX Runtime's softmax comes by such
/// numbers at every masked key, and Intel's processors take ten times as long for them. On Linux with x64; elsewhere nothing happens.
/// </summary>
internal readonly ref struct SubnormalsAsZero : IDisposable
{
    private const uint FlushToZero = 1 << 15, DenormalsAreZero = 1 << 6; // of MXCSR

    private const string Library = "libm.so.6";

    private static readonly bool IsAble =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && NativeLibrary.TryLoad(Library, out _);

    private readonly Modes _before;

    private SubnormalsAsZero(Modes before)
    {
        _before = before;
        before.Control |= FlushToZero | DenormalsAreZero;
        _ = Set(ref before);
    }

    /// <summary>From now on.</summary>
    public static SubnormalsAsZero Begin() => IsAble && Get(out Modes before) == 0 ? new SubnormalsAsZero(before) : default;

    /// <summary>Until now.</summary>
    public void Dispose()
    {
        Modes before = _before;
        if (before.Control != 0) _ = Set(ref before); // 0: nothing was set
    }

    [DllImport(Library, EntryPoint = "fegetenv")]
    private static extern int Get(out Modes modes);

    [DllImport(Library, EntryPoint = "fesetenv")]
    private static extern int Set(ref Modes modes);

    // fenv_t: the older unit's state, then MXCSR.
    private unsafe struct Modes
    {
        public fixed byte Older[28];
        public uint Control;
    }
}

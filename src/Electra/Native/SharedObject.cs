using System.Runtime.InteropServices;

namespace Electra.Native;

/// <summary>Loads libraries whose symbols others look up, which <see cref="NativeLibrary"/> does not allow. Linux.</summary>
internal static class SharedObject
{
    private const int NowAndGlobal = 0x102; // RTLD_NOW | RTLD_GLOBAL

    /// <summary>Loads a library.</summary>
    /// <param name="name">A path, or a name to look for where the system looks.</param>
    /// <returns>Its handle, or 0 and why it could not be loaded.</returns>
    public static (nint Handle, string? Fault) Open(string name)
    {
        nint handle;
        try
        {
            _ = LastErrorOfLibc(); // found now: what is looked up after a fault takes its place
            handle = OpenByLibc(name, NowAndGlobal);
        }
        catch (EntryPointNotFoundException)
        {
            _ = LastErrorOfLibdl();
            handle = OpenByLibdl(name, NowAndGlobal); // glibc before 2.34
            return (handle, handle == 0 ? Marshal.PtrToStringUTF8(LastErrorOfLibdl()) : null);
        }

        return (handle, handle == 0 ? Marshal.PtrToStringUTF8(LastErrorOfLibc()) : null);
    }

    [DllImport("libc", EntryPoint = "dlopen")]
    private static extern nint OpenByLibc([MarshalAs(UnmanagedType.LPUTF8Str)] string name, int flags);

    [DllImport("libc", EntryPoint = "dlerror")]
    private static extern nint LastErrorOfLibc();

    [DllImport("libdl.so.2", EntryPoint = "dlopen")]
    private static extern nint OpenByLibdl([MarshalAs(UnmanagedType.LPUTF8Str)] string name, int flags);

    [DllImport("libdl.so.2", EntryPoint = "dlerror")]
    private static extern nint LastErrorOfLibdl();
}

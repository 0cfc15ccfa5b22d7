using System.Runtime.InteropServices;

namespace Electra.Native;

/// <summary>The environment as native code sees it: <see cref="Environment.SetEnvironmentVariable(string, string?)"/> changes the runtime's copy alone.</summary>
internal static class NativeEnvironment
{
    /// <summary>Sets a variable, over what it was.</summary>
    /// <returns>Whether that could be done.</returns>
    public static bool Set(string name, string value) => SetVariable(name, value, 1) == 0;

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetVariable(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);
}

using TorchSharp;

namespace Electra.Native;

/// <summary>
/// Numbers for native calls, kept until the call is over. TorchSharp makes a native scalar of each C# number, and of the 1 in a sum of two tensors, and reads no more than
/// its address: from then on the garbage collector may free it, also while the native call still reads it. Then the call fails, or computes with another
/// number. So every number goes through here; sums of tensors are written <c>a.add(b, Scalars.One)</c>.
/// </summary>
internal static class Scalars
{
    // Far more than any call has.
    private const int Kept = 256;

    [ThreadStatic]
    private static Scalar?[]? _recent;

    [ThreadStatic]
    private static int _next;

    /// <summary>What the second summand of a sum is multiplied by.</summary>
    public static Scalar One { get; } = 1;

    /// <summary>An int32.</summary>
    public static Scalar Of(int value) => Keep(value);

    /// <summary>An int64.</summary>
    public static Scalar Of(long value) => Keep(value);

    /// <summary>A float32.</summary>
    public static Scalar Of(float value) => Keep(value);

    /// <summary>A float64.</summary>
    public static Scalar Of(double value) => Keep(value);

    /// <summary>A bool.</summary>
    public static Scalar Of(bool value) => Keep(value);

    // The oldest goes: its call, on this thread, ended long ago. So none is left to the collector, either.
    private static Scalar Keep(Scalar scalar)
    {
        Scalar?[] recent = _recent ??= new Scalar?[Kept];
        recent[_next]?.Dispose();
        recent[_next] = scalar;
        _next = (_next + 1) % Kept;
        return scalar;
    }
}

using Electra.Benchmarks.Timing;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Yardstick;

/// <summary>What the machine's matrix products run at, to measure everything else by; taken before and after each benchmark.</summary>
/// <param name="Size">The side of the square matrices.</param>
/// <param name="Float32">FLOP/s in float32.</param>
/// <param name="BFloat16">FLOP/s in bfloat16.</param>
internal sealed record GemmYardstick(int Size, Distribution Float32, Distribution BFloat16)
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(0.7);

    /// <summary>Measures both rates now, in about two seconds.</summary>
    public static GemmYardstick Measure(Device device)
    {
        int size = SizeFor(device);
        return new GemmYardstick(
            size,
            GemmRate.OfSquare(size, ScalarType.Float32, device, Budget),
            GemmRate.OfSquare(size, ScalarType.BFloat16, device, Budget));
    }

    /// <summary>The median rate in FLOP/s of an element type.</summary>
    public double Rate(ScalarType dtype) => (dtype == ScalarType.BFloat16 ? BFloat16 : Float32).Median;

    /// <summary>The side of the matrices: a GPU needs larger ones to reach its rate.</summary>
    public static int SizeFor(Device device) => device.type == DeviceType.CUDA ? 8192 : 2048;
}

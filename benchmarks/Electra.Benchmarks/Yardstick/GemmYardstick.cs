using Electra.Benchmarks.Timing;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Benchmarks.Yardstick;

/// <summary>
/// What the machine's matrix products run at, to measure everything else by; taken before and after each benchmark, in the type that is measured
/// alone: a processor without fast products of the other would take minutes for it.
/// </summary>
/// <param name="Size">The side of the square matrices.</param>
/// <param name="Dtype">Their element type.</param>
/// <param name="Rate">FLOP/s.</param>
internal sealed record GemmYardstick(int Size, ScalarType Dtype, Distribution Rate)
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(0.7);

    /// <summary>The element type in short.</summary>
    public string Precision => Dtype == ScalarType.BFloat16 ? "bf16" : "fp32";

    /// <summary>Measures the rate now, in about a second.</summary>
    public static GemmYardstick Measure(ScalarType dtype, Device device)
    {
        int size = SizeFor(device);
        return new GemmYardstick(size, dtype, GemmRate.OfSquare(size, dtype, device, Budget));
    }

    /// <summary>The side of the matrices: a GPU needs larger ones to reach its rate.</summary>
    public static int SizeFor(Device device) => device.type == DeviceType.CUDA ? 8192 : 2048;
}

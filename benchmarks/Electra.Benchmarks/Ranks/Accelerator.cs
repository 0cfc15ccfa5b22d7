namespace Electra.Benchmarks.Ranks;

/// <summary>A GPU, eight of which are a machine; figures as published by its maker.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="FlopsPerSecond">Dense bfloat16 products.</param>
/// <param name="BytesPerSecond">Of its links within the machine, in one direction.</param>
internal sealed record Accelerator(string Name, double FlopsPerSecond, double BytesPerSecond)
{
    /// <summary>H100 SXM: 989 TFLOP/s; NVLink 900 GB/s, half of it in each direction.</summary>
    public static Accelerator H100 { get; } = new("H100", 989e12, 450e9);

    /// <summary>A100 SXM: 312 TFLOP/s; NVLink 600 GB/s, half of it in each direction.</summary>
    public static Accelerator A100 { get; } = new("A100", 312e12, 300e9);
}

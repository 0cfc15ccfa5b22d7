using Electra.Modeling;
using Electra.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Cuda;

/// <summary>
/// The GPU that the tests of this folder compare with the CPU; without one they skip. The variable <c>ELECTRA_CHECK_DEVICE</c> with the value
/// <c>cpu</c> puts the CPU in its place, to see that the tests themselves run.
/// </summary>
internal static class CudaDevice
{
    private static bool IsRehearsal => Environment.GetEnvironmentVariable("ELECTRA_CHECK_DEVICE") == "cpu";

    /// <summary>The first GPU.</summary>
    public static Device Require() => IsRehearsal ? CPU : RequireGpu();

    /// <summary>The first GPU, whatever the variable says.</summary>
    public static Device RequireGpu()
    {
        Skip.IfNot(NativeBackend.IsCudaAvailable(out _), "no CUDA device on this machine");
        return device(DeviceType.CUDA, 0);
    }

    /// <summary>The first GPU, which must have flash attention.</summary>
    public static Device RequireFlash()
    {
        Device device = Require();
        Skip.IfNot(PackedAttention.IsFast(device, ScalarType.BFloat16, 16), "this GPU or this libtorch has no flash attention");
        return device;
    }

    /// <summary>Fails when the largest difference is over <paramref name="tolerance"/>; either may be on any device.</summary>
    public static void IsClose(Tensor expected, Tensor actual, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor difference = expected.detach().cpu().to(ScalarType.Float32) - actual.detach().cpu().to(ScalarType.Float32);
        Assert.InRange(difference.abs().max().item<float>(), 0, tolerance);
    }

    /// <summary>As <see cref="IsClose"/>, of all gradients of two modules with the same parameters, each by its own largest value over 1.</summary>
    public static void AreGradientsClose(nn.Module expected, nn.Module actual, double tolerance)
    {
        var pairs = ParameterListing.Distinct((string.Empty, expected)).Zip(ParameterListing.Distinct((string.Empty, actual)));
        foreach (var (reference, item) in pairs)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor gradient = reference.Parameter.grad!;
            double scale = Math.Max(1, gradient.abs().max().item<float>());
            IsClose(gradient / scale, item.Parameter.grad! / scale, tolerance);
        }
    }
}

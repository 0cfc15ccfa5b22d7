using Electra.Native;
using Electra.Samples.Pretrain.Options;
using Electra.Training;
using TorchSharp;

namespace Electra.Samples.Pretrain;

/// <summary>Turns <c>--device</c> into a device that is there.</summary>
internal static class DeviceChoice
{
    /// <summary>Refuses <c>--precision bf16</c> where it would be many times slower than fp32.</summary>
    /// <exception cref="UsageException">The processor has no fast product of bfloat16; says what to use.</exception>
    public static void RequireFast(TrainingPrecision precision, torch.Device device)
    {
        if (precision == TrainingPrecision.BFloat16 && !NativeBackend.MultipliesBFloat16Fast(device))
            throw new UsageException("--precision bf16: this processor has no fast bfloat16 product (AVX512_BF16); use --precision fp32 or auto.");
    }

    /// <summary>The device of several ranks.</summary>
    /// <exception cref="UsageException">A GPU was asked for.</exception>
    public static string OfRanks(string device) => device is "auto" or "cpu"
        ? "cpu"
        : throw new UsageException($"--device {device}: several ranks train on CPUs only so far. Use --device cpu, or start one process for one GPU.");

    /// <summary>Finds the device.</summary>
    /// <exception cref="UsageException">A GPU was asked for and can't be had; says why.</exception>
    public static torch.Device Resolve(string device)
    {
        if (device == "cpu") return torch.CPU;
        bool hasCuda = NativeBackend.IsCudaAvailable(out string reason);
        if (device == "auto") return hasCuda ? torch.CUDA : torch.CPU;
        if (!hasCuda) throw new UsageException($"--device {device}: {reason} Use --device cpu to go on without a GPU.");
        int index = device == "cuda" ? 0 : int.Parse(device.AsSpan("cuda:".Length));
        int count = torch.cuda.device_count();
        return index < count
            ? torch.device(DeviceType.CUDA, index)
            : throw new UsageException($"--device {device}: this machine has {count} GPU(s), numbered from 0; use one of them.");
    }
}

using Electra.Distributed;
using Electra.Native;
using Electra.Samples.Pretrain.Options;
using Electra.Training;
using TorchSharp;

namespace Electra.Samples.Pretrain;

/// <summary>Turns <c>--device</c> into a device that is there.</summary>
internal static class DeviceChoice
{
    /// <summary>Refuses <c>--precision bf16</c> where it would be many times slower than fp32.</summary>
    /// <exception cref="UsageException">The processor has no product of bfloat16; says what to use.</exception>
    public static void RequireBFloat16(TrainingPrecision precision, torch.Device device)
    {
        if (precision == TrainingPrecision.BFloat16 && !NativeBackend.HasBFloat16Products(device))
            throw new UsageException("--precision bf16: this processor has no bfloat16 product (AVX512_BF16); use --precision fp32 or auto.");
    }

    /// <summary>
    /// The device of several ranks, which all call this: GPUs where each has one, and it may be. Once the process is tuned, since it asks libtorch.
    /// </summary>
    /// <exception cref="UsageException">Another one was asked for than their launcher has, or one of several GPUs.</exception>
    public static string OfRanks(string device, IProcessGroup group)
    {
        if (group.Size == 1) return device;
        if (device.StartsWith("cuda:", StringComparison.Ordinal))
            throw new UsageException($"--device {device}: each of several ranks takes a GPU of its own by itself. Use --device cuda, and CUDA_VISIBLE_DEVICES to name the GPUs of a machine.");
        if (group is NcclProcessGroup)
        {
            return device != "cpu" ? "cuda" : throw new UsageException(
                "--device cpu: ranks of torchrun and Kubeflow's PyTorchJob train on GPUs, over NCCL. On CPUs ranks go over MPI: start the program with mpirun, mpiexec or srun.");
        }

        if (device != "auto") return device;
        double[] without = [NativeBackend.IsCudaAvailable(out _) ? 0 : 1];
        group.AllReduceSum(without);
        return without[0] == 0 ? "cuda" : "cpu";
    }

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

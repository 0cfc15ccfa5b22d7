using Electra.Native;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Electra.Training;

/// <summary>Chooses the element type of a run's activations.</summary>
internal static class ComputeType
{
    /// <summary>The type that a precision means on a device.</summary>
    /// <param name="precision">What was asked for.</param>
    /// <param name="device">Where.</param>
    /// <param name="logger">Is warned when that is slower than it need be.</param>
    public static ScalarType Resolve(TrainingPrecision precision, Device device, ILogger? logger = null)
    {
        bool isFast = NativeBackend.MultipliesBFloat16Fast(device);
        if (precision == TrainingPrecision.BFloat16 && !isFast)
        {
            logger?.LogWarning("bfloat16 was asked for, but this processor {Has}. Use Float32 or Auto.", NativeBackend.HasBFloat16Products(device)
                ? "multiplies it at half the rate of float32 (it has AVX512_BF16, but no AMX)"
                : "has no product of it (AVX512_BF16): an update takes several times as long as in float32, without AVX-512 dozens of times");
        }

        return precision == TrainingPrecision.BFloat16 || (precision == TrainingPrecision.Auto && isFast) ? ScalarType.BFloat16 : ScalarType.Float32;
    }
}

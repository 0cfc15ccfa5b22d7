namespace Electra.Training;

/// <summary>The element type of activations and matrix products; parameters and losses are float32 in any case.</summary>
public enum TrainingPrecision
{
    /// <summary>bfloat16 where the device multiplies it fast, else float32.</summary>
    Auto,

    /// <summary>float32.</summary>
    Float32,

    /// <summary>bfloat16.</summary>
    BFloat16,
}

namespace Electra.Onnx;

/// <summary>How the numbers of a model are kept in an ONNX file. Inputs are int64 and outputs float32 in every form.</summary>
public enum OnnxWeights
{
    /// <summary>As they are trained: 4 bytes each.</summary>
    Float32,

    /// <summary>2 bytes each, and so is computed where the runtime can: on GPUs. ONNX Runtime's CPU provider computes such a model in float32.</summary>
    Float16,

    /// <summary>
    /// Matrices of linear layers and, unless the options say otherwise, the word table 1 byte each, scaled for every output or word; what is multiplied
    /// with them, and queries, keys, values and shares of attention, are rounded to 8 bits while the model runs, by scales of their own each time. For
    /// CPUs. The rest stays float32.
    /// </summary>
    Int8,
}

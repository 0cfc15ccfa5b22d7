using static TorchSharp.torch;

namespace Electra.Checkpoints;

/// <summary>How a pretrained folder is written.</summary>
public sealed record PretrainedSaveOptions
{
    /// <summary>Bytes of the largest file of weights that Hugging Face writes by default.</summary>
    public const long DefaultMaxShardBytes = 5_000_000_000;

    /// <summary>The kind of file. <value>Default: safetensors</value></summary>
    public PretrainedFormat Format { get; init; } = PretrainedFormat.Safetensors;

    /// <summary>The type of the weights in the file: float32, float16 or bfloat16; <c>config.json</c> says it too. <value>Default: float32</value></summary>
    public ScalarType DType { get; init; } = ScalarType.Float32;

    /// <summary>
    /// Weights of more bytes go into several files with an index; a tensor is never cut, so one that is larger has a file of its own.
    /// <value>Default: 5 GB</value>
    /// </summary>
    public long MaxShardBytes { get; init; } = DefaultMaxShardBytes;

    /// <summary>What stands in the folder's <c>README.md</c>; null writes none. <value>Default: null</value></summary>
    public ModelCard? Card { get; init; }

    internal void Validate()
    {
        if (DType is not (ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16))
            throw new ArgumentException($"Weights are saved as float32, float16 or bfloat16, not as {DType}.");
        if (MaxShardBytes < 1) throw new ArgumentException($"{nameof(MaxShardBytes)} is {MaxShardBytes}; it must be positive.");
    }
}

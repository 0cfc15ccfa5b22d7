namespace Electra.Samples.Convert.Options;

/// <summary>What was typed, as it was typed; null where nothing was.</summary>
internal sealed record ConvertArguments
{
    /// <summary>What is read.</summary>
    public string Input { get; init; } = "";

    /// <summary>The folder that is written.</summary>
    public string Output { get; init; } = "";

    /// <summary>safetensors, pytorch or onnx.</summary>
    public string Format { get; init; } = "safetensors";

    /// <summary>Type of the numbers.</summary>
    public string? DType { get; init; }

    /// <summary>Size of the largest file.</summary>
    public string? MaxShardSize { get; init; }

    /// <summary>Which model.</summary>
    public string? Head { get; init; }

    /// <summary>Takes what fits.</summary>
    public bool IgnoreMismatches { get; init; }

    /// <summary>Heads of attention of a Google checkpoint.</summary>
    public int? AttentionHeads { get; init; }

    /// <summary>Its fine-tuned task.</summary>
    public string? Task { get; init; }

    /// <summary>Names of that task's labels.</summary>
    public string? Labels { get; init; }

    /// <summary>Its vocabulary.</summary>
    public string? Vocabulary { get; init; }

    /// <summary>Whether that keeps upper case.</summary>
    public bool Cased { get; init; }

    /// <summary>Writes no README.md.</summary>
    public bool NoCard { get; init; }

    /// <summary>Replaces another model.</summary>
    public bool Force { get; init; }
}

using Microsoft.ML.OnnxRuntime;

namespace Electra.Onnx;

/// <summary>How a model is put to work on ONNX Runtime.</summary>
public sealed record OnnxInferenceOptions
{
    /// <summary>The longest sequence in tokens, special ones included; what is longer is cut.</summary>
    /// <value>null: as the file says, else the folder's tokenizer (<c>model_max_length</c>); at most the model's positions.</value>
    public int? MaxLength { get; init; }

    /// <summary>Positions of a pass, padding included, unless one text has more; positive. Decides on memory and speed.</summary>
    /// <value>1,024, of which a layer's numbers fit the cache of a CPU; a GPU may do with more.</value>
    public int PositionsPerPass { get; init; } = 1_024;

    /// <summary>Threads that share the work of a pass; positive.</summary>
    /// <value>null: as ONNX Runtime chooses, one for each core.</value>
    public int? Threads { get; init; }

    /// <summary>
    /// Sets what else there is to set of the session before the model is loaded, for example <c>options => options.AppendExecutionProvider_CUDA()</c>. On a CPU
    /// the fusion named SkipLayerNormFusion is off, for it makes passes slower there; elsewhere set <c>optimization.disable_specified_optimizers</c> to "" here.
    /// </summary>
    /// <value>null: nothing, the CPU.</value>
    public Action<SessionOptions>? Configure { get; init; }
}

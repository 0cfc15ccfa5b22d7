namespace Electra.Onnx;

/// <summary>Names that other exporters of such models use too, by which programs find inputs and outputs.</summary>
internal static class OnnxNames
{
    public const string Ids = "input_ids", Mask = "attention_mask", Types = "token_type_ids";

    public const string Batch = "batch_size", Sequence = "sequence_length", Choices = "num_choices";

    public const string Hidden = "last_hidden_state", Logits = "logits", Starts = "start_logits", Ends = "end_logits", Embedding = "sentence_embedding";

    /// <summary>The file of a folder.</summary>
    public const string File = "model.onnx";
}

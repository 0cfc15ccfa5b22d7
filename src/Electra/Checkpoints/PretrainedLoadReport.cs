namespace Electra.Checkpoints;

/// <summary>How the keys of a pretrained folder matched the keys of the model it was loaded into.</summary>
/// <param name="MissingKeys">
/// Parameters of the model's head that the folder does not have; they keep their fresh weights. This is what loading an encoder under a new
/// head looks like. (Missing encoder weights are an error instead, unless asked otherwise.)
/// </param>
/// <param name="UnexpectedKeys">Tensors of the folder that the model has no use for, for example another head's.</param>
public sealed record PretrainedLoadReport(IReadOnlyList<string> MissingKeys, IReadOnlyList<string> UnexpectedKeys)
{
    /// <summary>
    /// Tensors of the folder that follow from others, as older files carry them: the positions 0, 1, ... (<c>position_ids</c>) and the output
    /// matrix that is tied to the word table. They are not read.
    /// </summary>
    public IReadOnlyList<string> RedundantKeys { get; init; } = [];

    /// <summary>Parameters that the folder has in another shape; they keep their fresh weights. An error, unless asked otherwise.</summary>
    public IReadOnlyList<string> MismatchedKeys { get; init; } = [];

    /// <summary>The names of the files that the weights were read from.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>All tensors of those files, each with its type and shape as they are stored, for example <c>F32 [128, 64]</c>.</summary>
    public IReadOnlyDictionary<string, string> Tensors { get; init; } = new Dictionary<string, string>();
}

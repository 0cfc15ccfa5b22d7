namespace Electra.Checkpoints;

/// <summary>How the keys of a pretrained folder matched the keys of the model it was loaded into.</summary>
/// <param name="MissingKeys">
/// Parameters of the model's head that the folder does not have; they keep their fresh weights. This is what loading an encoder under a new
/// head looks like. (Missing encoder weights are an error instead.)
/// </param>
/// <param name="UnexpectedKeys">Tensors of the folder that the model has no use for, for example another head's.</param>
public sealed record PretrainedLoadReport(IReadOnlyList<string> MissingKeys, IReadOnlyList<string> UnexpectedKeys);

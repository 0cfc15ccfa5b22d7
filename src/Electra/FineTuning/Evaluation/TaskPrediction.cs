namespace Electra.FineTuning;

/// <summary>What a network says of an example.</summary>
/// <param name="Id">What its file calls it; null where it says nothing.</param>
/// <param name="Predicted">A label, labels with blanks between them, a number, an answer, or the rank of a passage.</param>
/// <param name="Truth">The same as its file has it, of a passage 1 where it is relevant; null where it is unlabelled.</param>
/// <param name="Score">How sure the network is: a probability from 0 to 1; of a number the number.</param>
public sealed record TaskPrediction(string? Id, string Predicted, string? Truth, double Score);

namespace Electra.Data;

/// <summary>What is kept from training.</summary>
/// <param name="Documents">The whole documents.</param>
/// <param name="Parts">The runs of lines out of documents that are too long to be kept from training as a whole.</param>
/// <param name="Tokens">The token ids of both.</param>
/// <param name="Fraction">The part that they are of all token ids, from 0 to 1.</param>
public sealed record HeldOutReport(int Documents, int Parts, long Tokens, double Fraction);

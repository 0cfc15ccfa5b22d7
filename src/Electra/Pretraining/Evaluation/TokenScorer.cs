namespace Electra.Pretraining;

/// <summary>
/// Judges every token of some sequences; a discriminator in practice. The probes take this instead of a model, so that they
/// are tested with scores that are known.
/// </summary>
/// <param name="sequences">Token ids without [CLS] and [SEP].</param>
/// <returns>For each sequence one score a token, higher = more likely replaced.</returns>
public delegate IReadOnlyList<float[]> TokenScorer(IReadOnlyList<int[]> sequences);

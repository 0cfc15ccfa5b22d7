namespace Electra.Pretraining;

/// <summary>Judges whole sentences; a model in practice. <see cref="MinimalPairs"/> takes this, so that it is tested with scores that are known.</summary>
/// <param name="sentences">Token ids without [CLS] and [SEP].</param>
/// <returns>A score a sentence, higher = more acceptable.</returns>
public delegate IReadOnlyList<double> SentenceScorer(IReadOnlyList<int[]> sentences);

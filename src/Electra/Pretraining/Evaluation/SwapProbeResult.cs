namespace Electra.Pretraining;

/// <summary>How often a <see cref="SwapProbe"/>'s swapped word was found.</summary>
/// <param name="Sentences">Sentences judged.</param>
/// <param name="Top1">Share of sentences whose swapped word scored highest of all words; a tie for the first place does not count.</param>
/// <param name="Top3">Share of sentences whose swapped word was among the three highest.</param>
/// <param name="ChanceTop1">What guessing among the swappable words would reach.</param>
/// <param name="ChanceTop3">What three guesses would reach.</param>
public sealed record SwapProbeResult(int Sentences, double Top1, double Top3, double ChanceTop1, double ChanceTop3);

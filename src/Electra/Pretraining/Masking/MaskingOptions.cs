using Electra.Training;

namespace Electra.Pretraining;

/// <summary>How tokens are masked. The fractions left over stay as they are, and are predicted all the same.</summary>
public sealed record MaskingOptions
{
    /// <summary>The share of a sequence's tokens that is masked, in (0, 1); of n tokens, max(1, round(n x p)) are.</summary>
    /// <value>0.15.</value>
    public double MaskProbability { get; init; } = 0.15;

    /// <summary>
    /// How that share changes over the run, to a final one in (0, 1). Every row has slots for the larger share, so the smaller one saves no work. Held-out text is masked with
    /// <see cref="MaskProbability"/> throughout.
    /// </summary>
    /// <value>null: it stays.</value>
    public LinearChange? MaskProbabilityChange { get; init; }

    /// <summary>The share of chosen tokens that become [MASK], in [0, 1].</summary>
    /// <value>0.85.</value>
    public double MaskTokenFraction { get; init; } = 0.85;

    /// <summary>The share of chosen tokens that become a random word, in [0, 1].</summary>
    /// <value>0: ELECTRA uses none.</value>
    public double RandomTokenFraction { get; init; }

    /// <summary>
    /// Draw positions with replacement and never more than <c>(p + 0.005) x length</c> of them, as Google's code does. A position
    /// drawn twice counts twice in the masked-LM loss.
    /// </summary>
    /// <value>false: positions are distinct.</value>
    public bool GoogleCompatible { get; init; }

    /// <summary>What is masked together: tokens, whole words, or spans of words.</summary>
    /// <value><see cref="MaskingUnit.Token"/>.</value>
    public MaskingUnit Unit { get; init; }

    /// <summary>Words of a span on average, at least 1; for <see cref="MaskingUnit.Span"/>.</summary>
    /// <value>3.</value>
    public double MeanSpanWords { get; init; } = 3;

    /// <summary>BERT's and RoBERTa's corruption: 80 % [MASK], 10 % a random word, 10 % kept.</summary>
    public static MaskingOptions Bert { get; } = new() { MaskTokenFraction = 0.8, RandomTokenFraction = 0.1 };

    /// <summary>The share of a sequence's tokens that is masked at some progress of the run, from 0 to 1.</summary>
    public double MaskProbabilityAt(double progress) => MaskProbabilityChange?.At(MaskProbability, progress) ?? MaskProbability;

    /// <summary>Slots for masked positions that a sequence of this length needs: what its fullest row uses, at whatever progress.</summary>
    public int Slots(long sequenceLength) => Slots(sequenceLength, Math.Max(MaskProbability, MaskProbabilityChange?.Final ?? 0));

    /// <summary>The slots that the fullest row uses when so many of its tokens are masked.</summary>
    internal int Slots(long sequenceLength, double probability)
    {
        double slots = GoogleCompatible
            ? Math.Floor((probability + 0.005) * sequenceLength)
            : MathF.Round((float)sequenceLength * (float)probability, MidpointRounding.ToEven);
        return Math.Max(1, (int)slots);
    }

    /// <summary>Lists what is out of range, one phrase a field.</summary>
    internal IEnumerable<string> Problems()
    {
        if (MaskProbability is not (> 0 and < 1))
            yield return $"{nameof(MaskProbability)} must be above 0 and below 1, not {MaskProbability}";
        if (MaskProbabilityChange is { Final: not (> 0 and < 1) and double final })
            yield return $"{nameof(MaskProbabilityChange)}.{nameof(LinearChange.Final)} must be above 0 and below 1, not {final}";
        foreach (string problem in MaskProbabilityChange?.Problems(nameof(MaskProbabilityChange)) ?? []) yield return problem;
        if (MaskTokenFraction is not (>= 0 and <= 1))
            yield return $"{nameof(MaskTokenFraction)} must be from 0 to 1, not {MaskTokenFraction}";
        if (RandomTokenFraction is not (>= 0 and <= 1))
            yield return $"{nameof(RandomTokenFraction)} must be from 0 to 1, not {RandomTokenFraction}";
        if (MaskTokenFraction + RandomTokenFraction is > 1 and double sum)
            yield return $"{nameof(MaskTokenFraction)} and {nameof(RandomTokenFraction)} must not exceed 1 together, but make {sum}";
        if (!Enum.IsDefined(Unit))
            yield return $"{nameof(Unit)} must be one of {string.Join(", ", Enum.GetNames<MaskingUnit>())}, not {Unit}";
        if (MeanSpanWords is not (>= 1 and <= double.MaxValue))
            yield return $"{nameof(MeanSpanWords)} must be at least 1, not {MeanSpanWords}";
        if (GoogleCompatible && Unit != MaskingUnit.Token)
            yield return $"{nameof(GoogleCompatible)} draws each token by itself, so {nameof(Unit)} must be {MaskingUnit.Token}, not {Unit}";
    }
}

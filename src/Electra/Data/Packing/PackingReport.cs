namespace Electra.Data;

/// <summary>How much of a corpus a packer puts into the examples of one epoch.</summary>
/// <param name="TokensIn">The token ids of the corpus.</param>
/// <param name="TokensKept">Those that are in some example; each counts once.</param>
/// <param name="Examples">The examples.</param>
/// <param name="SequenceLength">The positions of an example.</param>
internal sealed record PackingReport(long TokensIn, long TokensKept, long Examples, int SequenceLength)
{
    /// <summary>The part of the text that is kept, from 0 to 1.</summary>
    public double KeptFraction => TokensIn == 0 ? 1 : (double)TokensKept / TokensIn;

    /// <summary>The part of all positions that hold text (neither [CLS], [SEP] nor padding), from 0 to 1.</summary>
    public double FilledFraction => Examples == 0 ? 1 : (double)TokensKept / (Examples * SequenceLength);
}

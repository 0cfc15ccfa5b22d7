namespace Electra.Pretraining;

/// <summary>What a run learns from.</summary>
public enum PretrainingObjective
{
    /// <summary>Replaced token detection: a small generator corrupts the text, the discriminator finds where.</summary>
    Electra,

    /// <summary>
    /// Masked language modeling with an encoder of full size and nothing else, as RoBERTa: masks drawn anew each time, no
    /// next-sentence task.
    /// </summary>
    MaskedLM,
}

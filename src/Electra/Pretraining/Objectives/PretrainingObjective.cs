namespace Electra.Pretraining;

/// <summary>
/// What a run learns from. <see cref="Electra"/> is the one to use; the others are what it is compared with (Clark et al. 2020, section 3.4) and
/// what came after it.
/// </summary>
public enum PretrainingObjective
{
    /// <summary>Replaced token detection: a small generator corrupts the text, the discriminator finds where.</summary>
    Electra,

    /// <summary>
    /// Masked language modeling with an encoder of full size and nothing else, as RoBERTa: masks drawn anew each time, no
    /// next-sentence task.
    /// </summary>
    MaskedLM,

    /// <summary>Replaced token detection that is learned at the masked places alone, "ELECTRA 15 %".</summary>
    ElectraMaskedOnly,

    /// <summary>
    /// "Replace MLM": a masked language model of full size that reads the generator's words where it would read [MASK].
    /// </summary>
    ReplaceMaskedLM,

    /// <summary>
    /// "All-Tokens MLM": as <see cref="ReplaceMaskedLM"/>, but every token of the text is predicted, by a mixture of copying what is read and of the
    /// language model. It holds a probability of every word at every position: for small vocabularies and micro-batches.
    /// </summary>
    AllTokensMaskedLM,

    /// <summary>
    /// Replaced token detection, and the discriminator also says which words the masked ones were (corrective language modeling, Meng et al. 2021,
    /// arXiv 2102.08473); the head that says so is left behind when the discriminator is saved.
    /// </summary>
    CorrectiveLM,

    /// <summary>
    /// Replaced token detection with a generator that is trained, by REINFORCE, to raise the discriminator's loss in place of predicting words (Clark et al. 2020, appendix F). It
    /// holds a probability of every word at every masked place.
    /// </summary>
    Adversarial,

    /// <summary>
    /// Electric (Clark et al. 2020b, arXiv 2012.08561): the discriminator's logit is an energy, which noise contrastive estimation makes the negative log-probability of a token given the text around it.
    /// The noise is drawn from word frequencies or evenly (<see cref="GeneratorKind.Unigram"/>, <see cref="GeneratorKind.Uniform"/>), not from a two-tower cloze model as in the paper.
    /// </summary>
    Electric,
}

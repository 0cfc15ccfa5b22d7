namespace Electra.Pretraining;

/// <summary>What is masked together.</summary>
public enum MaskingUnit
{
    /// <summary>Each token by itself, as the paper's.</summary>
    Token,

    /// <summary>All pieces of a word or none: no piece gives away the others (BERT's whole word masking, 2019).</summary>
    WholeWord,

    /// <summary>
    /// Whole words in a row. The text of each row is cut into spans, their lengths in words drawn from a geometric distribution, and spans are drawn as
    /// words are; SpanBERT (Joshi et al. 2020) draws lengths alike, and cuts them off at ten words.
    /// </summary>
    Span,
}

namespace Electra.Inference;

/// <summary>How the words of a prompt are judged.</summary>
public enum PromptScoring
{
    /// <summary>
    /// Each word in a sequence of its own; the class whose word has the lowest "replaced" logit wins. Probabilities are a softmax over the negated
    /// logits (Xia et al. 2022, arXiv 2205.15223).
    /// </summary>
    Logit,

    /// <summary>Each word in a sequence of its own; its probability of being original, 1 - p, normalised over the classes.</summary>
    Probability,

    /// <summary>All words one after the other in one sequence, judged together: one pass a text. The lowest logit wins, as above.</summary>
    Joint,
}

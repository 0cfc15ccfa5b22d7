namespace Electra.FineTuning;

/// <summary>Where a prompt is learned from. The loss is that of pre-training: binary cross-entropy, 0 for a word that belongs there, 1 for one that does not.</summary>
public enum PromptLoss
{
    /// <summary>The words of the classes.</summary>
    Words,

    /// <summary>All tokens: those of the other classes' words are wrong, all others right. For words that are judged together.</summary>
    AllTokens,
}

namespace Electra.Inference;

/// <summary>How a word of several pieces gets one score.</summary>
public enum PieceAverage
{
    /// <summary>The mean of its pieces' logits.</summary>
    Logits,

    /// <summary>The logit of the mean of its pieces' hidden states.</summary>
    HiddenStates,
}

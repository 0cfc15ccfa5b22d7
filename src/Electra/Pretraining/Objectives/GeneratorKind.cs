namespace Electra.Pretraining;

/// <summary>Where the words come from that stand in for masked ones.</summary>
public enum GeneratorKind
{
    /// <summary>A masked language model, trained along: the paper's way.</summary>
    Trained,

    /// <summary>Any word of the vocabulary, each as likely as another.</summary>
    Uniform,

    /// <summary>A word as often as the training text has it.</summary>
    Unigram,
}

namespace Electra.Inference;

/// <summary>How the vectors of a text's tokens become one.</summary>
public enum EmbeddingPooling
{
    /// <summary>Their mean, [CLS] and [SEP] included.</summary>
    Mean,

    /// <summary>That of [CLS].</summary>
    Cls,

    /// <summary>The mean over tokens of what lies in the middle between the layers' input and the output of the last of them.</summary>
    FirstLast,
}

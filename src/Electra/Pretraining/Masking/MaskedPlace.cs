namespace Electra.Pretraining;

/// <summary>
/// What a network reads where it has to predict a word. Only [MASK] asks for knowledge of language: at the others the input says
/// something about the answer, or is the answer.
/// </summary>
internal enum MaskedPlace
{
    /// <summary>[MASK].</summary>
    Mask = 0,

    /// <summary>The original word, kept (or drawn by chance).</summary>
    Kept = 1,

    /// <summary>Another word, drawn at random.</summary>
    Random = 2,

    /// <summary>A slot that is not in use.</summary>
    Unused = 3,
}

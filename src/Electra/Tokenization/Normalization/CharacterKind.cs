namespace Electra.Tokenization;

/// <summary>What the fast splitting loop does with a UTF-16 unit.</summary>
internal enum CharacterKind : byte
{
    /// <summary>Becomes one unit of the current word.</summary>
    Letter,

    /// <summary>Ends the word.</summary>
    Space,

    /// <summary>Ends the word and is a word itself.</summary>
    Single,

    /// <summary>Vanishes.</summary>
    Removed,

    /// <summary>Becomes several units of the current word.</summary>
    Expanded,

    /// <summary>Depends on its neighbours or is half of a code point: needs <see cref="BertNormalizer"/>.</summary>
    Contextual,
}

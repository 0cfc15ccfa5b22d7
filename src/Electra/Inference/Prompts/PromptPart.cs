namespace Electra.Inference;

/// <summary>A stretch of a template.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Text">Itself, where it stands for nothing else.</param>
internal readonly record struct PromptPart(PromptPart.Kinds Kind, string Text)
{
    /// <summary>What a part stands for.</summary>
    internal enum Kinds
    {
        /// <summary>Itself.</summary>
        Literal,

        /// <summary>The text.</summary>
        First,

        /// <summary>The second text.</summary>
        Second,

        /// <summary>The word.</summary>
        Word,
    }
}

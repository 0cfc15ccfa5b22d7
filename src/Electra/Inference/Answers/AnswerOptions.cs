namespace Electra.Inference;

/// <summary>How answers are looked for in a context. The defaults are those of SQuAD's original scripts.</summary>
public sealed record AnswerOptions
{
    /// <summary>Tokens of a window: question, part of the context and special tokens.</summary>
    /// <value>384; less where the model has fewer positions.</value>
    public int MaxLength { get; init; } = 384;

    /// <summary>Tokens of the context from the beginning of a window to that of the next.</summary>
    /// <value>null: 128, or half of a window's part of the context where that is less.</value>
    public int? Stride { get; init; }

    /// <summary>Tokens of a question, which is cut beyond them.</summary>
    /// <value>64.</value>
    public int MaxQuestionLength { get; init; } = 64;

    /// <summary>Tokens of the longest answer.</summary>
    /// <value>30.</value>
    public int MaxAnswerLength { get; init; } = 30;

    /// <summary>Starts and ends that are tried, and answers that are told.</summary>
    /// <value>20.</value>
    public int BestSize { get; init; } = 20;

    /// <summary>Checks every option.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">Some are out of range.</exception>
    public AnswerOptions Validate()
    {
        foreach ((string name, int? value) in new[]
        {
            (nameof(MaxLength), MaxLength - 7), (nameof(Stride), Stride), (nameof(MaxQuestionLength), (int?)MaxQuestionLength),
            (nameof(MaxAnswerLength), MaxAnswerLength), (nameof(BestSize), BestSize),
        })
        {
            if (value < 1) throw new ArgumentException($"{name} is too small.", name);
        }

        return this;
    }
}

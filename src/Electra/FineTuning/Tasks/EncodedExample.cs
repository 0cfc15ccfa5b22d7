using Electra.Inference;

namespace Electra.FineTuning;

/// <summary>A training example as tokens and numbers.</summary>
/// <param name="Sequences">One; of multiple choice one for each choice; of a ranking by pairs the relevant passage and those beside it.</param>
/// <param name="Classes">
/// The index of its class; of a sentence the tag of each token, -100 where there is none; of a question where its answer starts and ends; of
/// multiple choice the right one.
/// </param>
/// <param name="Values">What is to be predicted where that is no class: a number, or 0 or 1 for each of several labels.</param>
/// <param name="Weight">What its loss weighs beside the others of its update.</param>
internal sealed record EncodedExample(TokenSequence[] Sequences, long[] Classes, float[] Values, double Weight = 1)
{
    /// <summary>The tokens of its longest sequence.</summary>
    public int Length { get; } = Sequences.Max(sequence => sequence.Length);

    /// <summary>All its tokens.</summary>
    public int TokenCount { get; } = Sequences.Sum(sequence => sequence.Length);
}

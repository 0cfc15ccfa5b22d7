using Electra.Tokenization;

namespace Electra.Inference;

/// <summary>A question with a part of its context, as a model takes it.</summary>
/// <param name="Sequence">[CLS] question [SEP] part [SEP].</param>
/// <param name="First">The position of the part's first token.</param>
/// <param name="Offsets">Where each token of the part stands in the context.</param>
/// <param name="HasMostContext">
/// Of each token of the part whether no other window has more of the context on both sides of it: answers that begin there are this window's.
/// </param>
internal sealed record AnswerWindow(TokenSequence Sequence, int First, TextSpan[] Offsets, bool[] HasMostContext)
{
    /// <summary>The positions of the first and last token of a stretch of the context; both 0, that of [CLS], when it is not all in the window.</summary>
    public (int Start, int End) Find(TextSpan answer)
    {
        int first = Array.FindIndex(Offsets, offset => offset.End > answer.Start);
        int last = Array.FindLastIndex(Offsets, offset => offset.Start < answer.End);
        bool isInside = first >= 0 && last >= first && Offsets[0].Start <= answer.Start && Offsets[^1].End >= answer.End;
        return isInside ? (First + first, First + last) : (0, 0);
    }
}

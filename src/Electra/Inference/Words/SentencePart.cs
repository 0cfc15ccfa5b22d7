using Electra.Tokenization;

namespace Electra.Inference;

/// <summary>Some words of a sentence that is too long for a model, or all of one that is not.</summary>
/// <param name="Sentence">Which sentence.</param>
/// <param name="FirstWord">Its first word.</param>
/// <param name="FirstOwn">The first word that is tagged here; those before it are context.</param>
/// <param name="EndOwn">Behind the last word that is tagged here.</param>
/// <param name="Pieces">The words as tokens.</param>
internal sealed record SentencePart(int Sentence, int FirstWord, int FirstOwn, int EndOwn, WordPieces Pieces)
{
    /// <summary>Cuts a sentence into parts that overlap by half, each word being tagged where it has more words around it.</summary>
    public static IEnumerable<SentencePart> Cut(ElectraTokenizer tokenizer, int sentence, IReadOnlyList<string> words, int maxLength)
    {
        for (int first = 0, own = 0; own < words.Count || first == 0;)
        {
            WordPieces pieces = WordPieces.Of(tokenizer, [.. words.Skip(first)], maxLength);
            if (!pieces.Sequence.IsCut)
            {
                yield return new SentencePart(sentence, first, own, words.Count, pieces);
                yield break;
            }

            int whole = Math.Max(1, Array.FindLastIndex(pieces.First, place => place >= 0)); // the last one may be cut within
            int half = Math.Max(1, whole / 2), end = first + half + Math.Max(1, (whole - half) / 2);
            if (end <= own) end = own + 1;
            yield return new SentencePart(sentence, first, own, Math.Min(end, first + whole), pieces with { First = pieces.First[..whole] });
            own = Math.Min(end, first + whole);
            first += half;
        }
    }
}

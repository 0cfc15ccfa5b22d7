using Electra.Tokenization;

namespace Electra.Inference;

/// <summary>A sentence that is split into words already, as a model takes it.</summary>
/// <param name="Sequence">[CLS] pieces [SEP].</param>
/// <param name="First">Of each word the position of its first piece; -1 for a word that was cut off or has no piece.</param>
internal sealed record WordPieces(TokenSequence Sequence, int[] First)
{
    /// <summary>Spells each word by itself, as Hugging Face does with <c>is_split_into_words</c>; words that don't fit whole or in part are cut.</summary>
    public static WordPieces Of(ElectraTokenizer tokenizer, IReadOnlyList<string> words, int maxLength)
    {
        var ids = new List<int> { tokenizer.SpecialTokens.ClsId };
        int[] first = new int[words.Count];
        bool isCut = false;
        for (int i = 0; i < first.Length; i++)
        {
            int start = ids.Count;
            if (!isCut) tokenizer.EncodeToIds(words[i], ids);
            first[i] = ids.Count > start && start < maxLength - 1 ? start : -1;
            isCut |= ids.Count > maxLength - 1;
            if (isCut) ids.RemoveRange(Math.Min(ids.Count, maxLength - 1), Math.Max(0, ids.Count - (maxLength - 1)));
        }

        ids.Add(tokenizer.SpecialTokens.SepId);
        return new WordPieces(new TokenSequence([.. ids], ids.Count) { IsCut = isCut }, first);
    }
}

using Electra.Tokenization;

namespace Electra.Inference;

/// <summary>
/// Puts passages behind their queries: [CLS] query [SEP] passage [SEP]. A query stays whole, and is read once; what is too long loses the end of its
/// passage.
/// </summary>
/// <param name="tokenizer">The encoder's.</param>
/// <param name="maxLength">Tokens of the longest sequence.</param>
internal sealed class QueryPassages(ElectraTokenizer tokenizer, int maxLength)
{
    private const int Framing = 3, FewPairs = 16;

    /// <summary>Frames and cuts; many at once, on all processors.</summary>
    /// <param name="queries">Each with its passages, of which there may be none.</param>
    /// <returns>One sequence a passage, query after query.</returns>
    /// <exception cref="ArgumentException">A query is blank, or leaves no room for a passage; or a passage is null.</exception>
    public TokenSequence[] Of(IReadOnlyList<(string Query, IReadOnlyList<string> Passages)> queries)
    {
        var pairs = new List<(int[] Query, string Passage)>();
        foreach ((string query, IReadOnlyList<string> passages) in queries)
        {
            int[] beginning = Beginning(query);
            ArgumentNullException.ThrowIfNull(passages);
            foreach ((int i, string passage) in passages.Index())
                pairs.Add((beginning, passage ?? throw new ArgumentException($"Passage {i} is null.", nameof(queries))));
        }

        var sequences = new TokenSequence[pairs.Count];
        void Encode(int i) => sequences[i] = Of(pairs[i].Query, pairs[i].Passage);
        if (pairs.Count <= FewPairs)
            for (int i = 0; i < pairs.Count; i++) Encode(i);
        else
            Parallel.For(0, pairs.Count, Encode);
        return sequences;
    }

    // [CLS] query [SEP]
    private int[] Beginning(string query)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(query);
        IReadOnlyList<int> tokens = tokenizer.EncodeToIds(query);
        if (tokens.Count == 0) throw new ArgumentException("Of the query no token is left: it has nothing but control characters.", nameof(query));
        int most = maxLength - Framing - 1;
        if (tokens.Count > most)
        {
            throw new ArgumentException(
                $"The query has {tokens.Count} tokens and leaves no room for a passage: of {maxLength} tokens, 3 of them special ones, it may take {most}. "
                + $"Shorten it, or let sequences be longer, as far as the model has positions. It begins '{query.AsSpan(0, Math.Min(query.Length, 60))}'.", nameof(query));
        }

        return [tokenizer.SpecialTokens.ClsId, .. tokens, tokenizer.SpecialTokens.SepId];
    }

    private TokenSequence Of(int[] beginning, string passage)
    {
        IReadOnlyList<int> tokens = tokenizer.EncodeToIds(passage);
        int kept = Math.Min(tokens.Count, maxLength - beginning.Length - 1);
        return new TokenSequence([.. beginning, .. tokens.Take(kept), tokenizer.SpecialTokens.SepId], beginning.Length) { IsCut = kept < tokens.Count };
    }
}

namespace Electra.Tokenization;

/// <summary>One text, or one pair of texts, as tokens. All lists have the same length.</summary>
public sealed class TokenizedText
{
    internal TokenizedText(int[] ids, int[] typeIds, int[] attentionMask, TextSpan[] offsets, int[] textIndices) =>
        (Ids, TypeIds, AttentionMask, Offsets, TextIndices) = (ids, typeIds, attentionMask, offsets, textIndices);

    /// <summary>Number of tokens, special tokens and padding included.</summary>
    public int Length => Ids.Count;

    /// <summary>Vocabulary ids.</summary>
    public IReadOnlyList<int> Ids { get; }

    /// <summary>0 for [CLS], the first text, its [SEP] and padding; 1 for the second text and its [SEP].</summary>
    public IReadOnlyList<int> TypeIds { get; }

    /// <summary>1 for tokens, 0 for padding.</summary>
    public IReadOnlyList<int> AttentionMask { get; }

    /// <summary>Where each token stands in its own original text, in UTF-16 units; (0, 0) for added special tokens and padding.</summary>
    public IReadOnlyList<TextSpan> Offsets { get; }

    /// <summary>Which text a token is from: 0 the first, 1 the second, -1 neither (added special tokens and padding).</summary>
    public IReadOnlyList<int> TextIndices { get; }
}

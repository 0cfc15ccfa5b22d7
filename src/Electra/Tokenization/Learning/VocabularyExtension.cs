namespace Electra.Tokenization;

/// <summary>
/// A tokenizer with more words as whole tokens, and what became of those that were asked for. The words stand after all other tokens, so that no id changes
/// and vocabularies with and without <c>[unusedN]</c> slots are extended alike. A longer word that begins with one of them is spelled with it, too.
/// </summary>
public sealed class VocabularyExtension
{
    private readonly List<string> _words = [], _known = [], _unspellable = [], _notWords = [];
    private readonly List<IReadOnlyList<int>> _pieces = [];

    internal VocabularyExtension(ElectraTokenizer tokenizer, IEnumerable<string> words)
    {
        FirstId = tokenizer.VocabSize;
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string typed in words)
        {
            if (tokenizer.SingleWord(typed) is not { } word) _notWords.Add(typed);
            else if (seen.Add(word)) Take(tokenizer, word);
        }

        Tokenizer = _words.Count == 0 ? tokenizer : new ElectraTokenizer([.. tokenizer.Vocabulary, .. _words], tokenizer.Options);
    }

    /// <summary>The tokenizer, which has the words as tokens; the one it was made from where there are none.</summary>
    public ElectraTokenizer Tokenizer { get; }

    /// <summary>The id of the first new token: how many there were before.</summary>
    public int FirstId { get; }

    /// <summary>The new tokens in the order of their ids, normalised as the tokenizer normalises text.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>For each of <see cref="Words"/> the ids of the pieces that it was spelled with.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Pieces => _pieces;

    /// <summary>Words that were tokens already.</summary>
    public IReadOnlyList<string> Known => _known;

    /// <summary>Words with characters that the vocabulary does not have, so that there are no pieces to begin from.</summary>
    public IReadOnlyList<string> Unspellable => _unspellable;

    /// <summary>What is no single word to the tokenizer, such as two words, or a word with a hyphen: it would never be found in a text.</summary>
    public IReadOnlyList<string> NotWords => _notWords;

    private void Take(ElectraTokenizer tokenizer, string word)
    {
        IReadOnlyList<int> pieces = tokenizer.EncodeToIds(word);
        if (tokenizer.TokenToId(word) is not null)
        {
            _known.Add(word);
        }
        else if (pieces.Contains(tokenizer.SpecialTokens.UnknownId))
        {
            _unspellable.Add(word);
        }
        else
        {
            _words.Add(word);
            _pieces.Add(pieces);
        }
    }
}

using System.Text;
using Microsoft.ML.Tokenizers;

namespace Electra.Tokenization;

/// <summary>Spells single normalised words with the package's WordPiece model and remembers the result. Thread-safe.</summary>
internal sealed class WordPieceModel
{
    private readonly WordPieceTokenizer _model;
    private readonly SpelledWordCache _cache = new();

    /// <param name="vocabulary">Words and <c>##</c> pieces in the order of their ids.</param>
    /// <param name="unknownToken">One of them, for words that cannot be spelled.</param>
    /// <param name="maxWordLength">Code points of the longest word that callers pass.</param>
    public WordPieceModel(IEnumerable<string> vocabulary, string unknownToken, int maxWordLength)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', vocabulary)));
        // the package counts UTF-16 units
        int maxUnits = (int)Math.Min(int.MaxValue, 2L * maxWordLength);
        _model = WordPieceTokenizer.Create(stream, new WordPieceOptions { UnknownToken = unknownToken, MaxInputCharsPerWord = maxUnits });
    }

    public SpelledWord Spell(ReadOnlySpan<char> word)
    {
        ulong hash = SpelledWordCache.Hash(word);
        if (_cache.TryFind(word, hash, out SpelledWord known)) return known;
        SpelledWord spelled = SpellAfresh(word.ToString());
        _cache.Add(spelled, hash);
        return spelled;
    }

    /// <summary>Spells a word without remembering it.</summary>
    public SpelledWord SpellAfresh(string word)
    {
        IReadOnlyList<EncodedToken> tokens = _model.EncodeToTokens(
            word, out _, considerPreTokenization: false, considerNormalization: false);
        var spelled = new SpelledWord(word, tokens.Count);
        for (int i = 0; i < tokens.Count; i++) (spelled.Ids[i], spelled.Ends[i]) = (tokens[i].Id, tokens[i].Offset.End.Value);
        return spelled;
    }
}

using System.Security.Cryptography;
using System.Text;

namespace Electra.Tokenization;

/// <summary>All tokens of a tokenizer and their ids: the model's vocabulary, then the added tokens that it lacks.</summary>
internal sealed class TokenVocabulary
{
    private readonly Dictionary<string, int> _idByToken;

    public TokenVocabulary(IEnumerable<string> model, ElectraTokenizerOptions options)
    {
        string[] words = [.. model];
        Dictionary<string, int> idByToken = Index(words);
        ModelSize = words.Length;
        IReadOnlyList<AddedToken> added = options.AllAddedTokens();
        // a special token that nobody added has to be in the vocabulary already
        HashSet<string> optional = [.. options.AddedTokens.Select(token => token.Content)];
        string[] missing = [.. added.Select(token => token.Content).Where(token => !idByToken.ContainsKey(token) && !optional.Contains(token))];
        if (missing.Length > 0)
        {
            throw new InvalidDataException($"the vocabulary has no {string.Join(", ", missing)}; add a line for each, " +
                "or name the tokens it uses instead in ElectraTokenizerOptions");
        }

        if (!idByToken.ContainsKey(options.UnknownToken))
            throw new InvalidDataException($"{options.UnknownToken} must be in the vocabulary itself, not only an added token");
        string[] beyond = [.. options.AddedTokens.Select(token => token.Content).Where(token => !idByToken.ContainsKey(token))];
        Tokens = [.. words, .. beyond];
        for (int i = 0; i < beyond.Length; i++) idByToken.Add(beyond[i], words.Length + i);
        _idByToken = idByToken;
        Added = [.. added.Select(token => (token, idByToken[token.Content]))];
        Hash = ComputeHash(options);
    }

    /// <summary>In the order of their ids.</summary>
    public string[] Tokens { get; }

    /// <summary>How many of them, from the first, words are spelled with.</summary>
    public int ModelSize { get; }

    /// <summary>The tokens to find in the text, special ones first.</summary>
    public IReadOnlyList<(AddedToken Token, int Id)> Added { get; }

    /// <summary>SHA-256 over the tokens and every option that changes ids.</summary>
    public string Hash { get; }

    public int? Find(string token) => _idByToken.TryGetValue(token, out int id) ? id : null;

    private static Dictionary<string, int> Index(string[] words)
    {
        if (words.Length == 0) throw new InvalidDataException("the vocabulary is empty; expected one token a line");
        var idByToken = new Dictionary<string, int>(words.Length, StringComparer.Ordinal);
        for (int id = 0; id < words.Length; id++)
        {
            string token = words[id];
            if (string.IsNullOrEmpty(token) || token.AsSpan().IndexOfAny('\r', '\n') >= 0)
                throw new InvalidDataException($"token {id} (line {id + 1}) is empty or holds a line break; expected one token a line");
            if (idByToken.TryAdd(token, id)) continue;
            int first = idByToken[token];
            throw new InvalidDataException($"token '{token}' is repeated: ids {first} and {id} (lines {first + 1} and {id + 1})");
        }

        return idByToken;
    }

    /// <summary>What later versions added counts only where it differs from what was always so: hashes of old shards stay.</summary>
    private string ComputeHash(ElectraTokenizerOptions options)
    {
        List<string> lines = [.. Tokens, $"{options.Lowercase} {options.StripsAccents} {options.TokenizeChineseCharacters}"];
        if (!options.CleanText) lines.Add("raw text");
        if (options.MaxInputCharsPerWord != 100) lines.Add($"words of {options.MaxInputCharsPerWord}");
        foreach ((AddedToken token, int id) in Added.Where(added => added.Id >= ModelSize || !added.Token.IsPlainSpecial))
            lines.Add($"added {id} {token.LStrip} {token.RStrip} {token.SingleWord} {token.IsNormalized}");
        lines.AddRange(options.SpecialTokens);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
    }
}

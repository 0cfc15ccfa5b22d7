namespace Electra.Tokenization;

/// <summary>Brings together what the files of a folder say of added tokens, and holds it against the vocabulary.</summary>
/// <param name="vocabulary">Of the model, in the order of the ids.</param>
internal sealed class AddedTokenList(IReadOnlyList<string> vocabulary)
{
    private readonly Dictionary<string, int> _idInVocabulary = Enumerable.Range(0, vocabulary.Count)
        .DistinctBy(id => vocabulary[id]).ToDictionary(id => vocabulary[id], StringComparer.Ordinal);

    private readonly Dictionary<string, AddedToken> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Id, string Path)> _ids = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>What the files so far say of a token, or null.</summary>
    public AddedToken? Find(string content) => _tokens.GetValueOrDefault(content);

    /// <summary>Adds a token, or replaces what an earlier file said of it.</summary>
    /// <exception cref="InvalidDataException">Its id is not the one it has elsewhere.</exception>
    public void Add(string path, AddedToken token, int? id = null)
    {
        if (!_tokens.ContainsKey(token.Content)) _order.Add(token.Content);
        _tokens[token.Content] = token;
        if (id is not int given) return;
        if (_idInVocabulary.TryGetValue(token.Content, out int known) && known != given)
            throw new InvalidDataException($"{path}: the added token '{token.Content}' has id {given}, in the vocabulary {known}");
        if (_ids.TryGetValue(token.Content, out (int Id, string Path) earlier) && earlier.Id != given)
            throw new InvalidDataException($"{path}: the added token '{token.Content}' has id {given}, in {earlier.Path} {earlier.Id}");
        _ids[token.Content] = (given, path);
    }

    /// <summary>The tokens; those that the vocabulary lacks in the order of their ids, which follow it without gaps.</summary>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public IReadOnlyList<AddedToken> Complete()
    {
        string[] beyond = [.. _order.Where(content => !_idInVocabulary.ContainsKey(content))
            .OrderBy(content => _ids.TryGetValue(content, out (int Id, string Path) given) ? given.Id : int.MaxValue)];
        for (int i = 0; i < beyond.Length; i++)
        {
            int expected = vocabulary.Count + i;
            if (!_ids.TryGetValue(beyond[i], out (int Id, string Path) given) || given.Id == expected) continue;
            throw new InvalidDataException(i > 0 && given.Id == expected - 1
                ? $"{given.Path}: id {given.Id} belongs to both '{beyond[i - 1]}' and '{beyond[i]}'"
                : $"{given.Path}: the added token '{beyond[i]}' has id {given.Id}, expected {expected}: ids of added tokens follow the " +
                  $"vocabulary of {vocabulary.Count} tokens without gaps");
        }

        return [.. _order.Where(_idInVocabulary.ContainsKey).Concat(beyond).Select(content => _tokens[content])];
    }
}

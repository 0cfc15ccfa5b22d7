using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Electra.Tokenization;

/// <summary>
/// BERT's and ELECTRA's tokenizer: text to WordPiece ids and back, id for id as Hugging Face's <c>ElectraTokenizer</c>. Immutable and
/// thread-safe.
/// </summary>
public sealed class ElectraTokenizer
{
    private readonly string[] _vocabulary;
    private readonly FrozenDictionary<string, int> _idByToken;
    private readonly WordSplitter _splitter;
    private readonly WordPieceModel _model;

    /// <summary>A tokenizer over a vocabulary in memory.</summary>
    /// <param name="vocabulary">Tokens in the order of their ids; pieces that continue a word start with <c>##</c>.</param>
    /// <param name="options">Default: lower-cased, as bert-base-uncased.</param>
    /// <exception cref="InvalidDataException">Empty vocabulary, empty or repeated token, or no special token of a kind.</exception>
    public ElectraTokenizer(IEnumerable<string> vocabulary, ElectraTokenizerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        _vocabulary = [.. vocabulary];
        Options = options ?? new();
        _idByToken = IndexVocabulary(_vocabulary);
        SpecialTokens = new SpecialTokens(Options, TokenToId);
        _splitter = new(Options, SpecialTokens.All);
        _model = new(_vocabulary, SpecialTokens.Unknown);
        VocabularyHash = ComputeHash();
    }

    /// <summary>Number of tokens, special ones included.</summary>
    public int VocabularySize => _vocabulary.Length;

    /// <summary>Tokens in the order of their ids.</summary>
    public IReadOnlyList<string> Vocabulary => _vocabulary;

    /// <summary>[PAD], [UNK], [CLS], [SEP], [MASK] and their ids.</summary>
    public SpecialTokens SpecialTokens { get; }

    /// <summary>The options it was made with.</summary>
    public ElectraTokenizerOptions Options { get; }

    /// <summary>Lower-case hexadecimal SHA-256 over the tokens and every option that changes ids; token shards carry it.</summary>
    public string VocabularyHash { get; }

    /// <summary>Reads a <c>vocab.txt</c>: one token a line, in the order of the ids.</summary>
    /// <param name="vocabFile">Path of the file.</param>
    /// <param name="options">Default: lower-cased, as bert-base-uncased.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">Empty file or line, repeated line, not UTF-8, or no special token of a kind.</exception>
    public static ElectraTokenizer FromVocabulary(string vocabFile, ElectraTokenizerOptions? options = null) =>
        PretrainedTokenizerFiles.Create(vocabFile, PretrainedTokenizerFiles.ReadVocabulary(vocabFile), options ?? new());

    /// <summary>
    /// Reads a Hugging Face folder: <c>vocab.txt</c> or, where that is missing, <c>tokenizer.json</c>; options from
    /// <c>tokenizer_config.json</c>, then <c>special_tokens_map.json</c> and <c>tokenizer.json</c>, as far as these exist.
    /// </summary>
    /// <param name="folder">Path of the folder.</param>
    /// <exception cref="FileNotFoundException">The folder has neither <c>vocab.txt</c> nor <c>tokenizer.json</c>.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or describes another kind of tokenizer.</exception>
    public static ElectraTokenizer FromPretrained(string folder) => PretrainedTokenizerFiles.Read(folder);

    /// <summary>
    /// Writes <c>vocab.txt</c>, <c>tokenizer.json</c>, <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c>, which
    /// <c>AutoTokenizer.from_pretrained</c> loads; creates the folder, replaces such files in it.
    /// </summary>
    /// <param name="folder">Path of the folder.</param>
    public void SavePretrained(string folder) => PretrainedTokenizerFiles.Write(this, folder);

    /// <summary>Appends the ids of a text, without [CLS] and [SEP], to a list: the fastest way, used to write shards.</summary>
    /// <param name="text">Any text; unpaired surrogates are dropped.</param>
    /// <param name="destination">Receives the ids; not cleared first.</param>
    public void EncodeToIds(ReadOnlySpan<char> text, List<int> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var sink = new IdSink(_model, SpecialTokens, destination);
        _splitter.Split(text, ref sink);
    }

    /// <summary>The ids of a text, without [CLS] and [SEP].</summary>
    /// <param name="text">Any text; unpaired surrogates are dropped.</param>
    public IReadOnlyList<int> EncodeToIds(ReadOnlySpan<char> text)
    {
        var ids = new List<int>(text.Length / 4);
        EncodeToIds(text, ids);
        return ids;
    }

    /// <summary>The tokens of a text as words and pieces, without [CLS] and [SEP].</summary>
    /// <param name="text">Any text.</param>
    public IReadOnlyList<string> Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. EncodeToIds(text).Select(id => _vocabulary[id])];
    }

    /// <summary>Encodes one text or a pair, with everything a model and a task need to know about the tokens.</summary>
    /// <param name="text">First text.</param>
    /// <param name="pair">Second text, or null.</param>
    /// <param name="options">Default: framed by special tokens, neither cut nor padded.</param>
    /// <exception cref="ArgumentException">The options contradict each other, or the text that may be cut is too short to fit.</exception>
    public TokenizedText Encode(string text, string? pair = null, EncodingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        SequenceAssembler assembler = new(SpecialTokens, options ?? new());
        TracedTokens first = Trace(text);
        TracedTokens? second = pair is null ? null : Trace(pair);
        return assembler.Assemble(first, second, assembler.Truncate(first, second));
    }

    /// <summary>Encodes many texts, or pairs, in parallel; row i is text i whatever the number of threads.</summary>
    /// <param name="texts">First texts.</param>
    /// <param name="pairs">Second texts, as many, or null.</param>
    /// <param name="options">Default: framed by special tokens, not cut, padded to the longest.</param>
    /// <exception cref="ArgumentException">As for <see cref="Encode"/>, or the two lists differ in length.</exception>
    public EncodedBatch EncodeBatch(IReadOnlyList<string> texts, IReadOnlyList<string>? pairs = null, EncodingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (pairs is not null && pairs.Count != texts.Count)
            throw new ArgumentException($"expected one second text for each of the {texts.Count} texts, got {pairs.Count}", nameof(pairs));
        SequenceAssembler assembler = new(SpecialTokens, options ?? new());
        var traced = new (TracedTokens First, TracedTokens? Second)[texts.Count];
        Parallel.For(0, traced.Length, i => traced[i] = (Trace(texts[i]), pairs is null ? null : Trace(pairs[i])));
        int longest = traced.Length == 0 ? 0 : traced.Max(row => assembler.Truncate(row.First, row.Second));
        var rows = new TokenizedText[texts.Count];
        Parallel.For(0, rows.Length, i => rows[i] = assembler.Assemble(traced[i].First, traced[i].Second, longest));
        return new EncodedBatch(rows, longest);
    }

    /// <summary>Puts ids back together as text; what normalisation changed stays changed.</summary>
    /// <param name="ids">Vocabulary ids.</param>
    /// <param name="skipSpecialTokens">Leave out the five special tokens.</param>
    /// <param name="cleanUp">Remove the spaces before English punctuation and contractions, by Hugging Face's rules.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside the vocabulary.</exception>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens = false, bool cleanUp = true)
    {
        ArgumentNullException.ThrowIfNull(ids);
        IEnumerable<string> tokens = ids.Where(id => !skipSpecialTokens || !SpecialTokens.AllIds.Contains(id)).Select(IdToToken);
        return TokenJoiner.Join(tokens, cleanUp);
    }

    /// <summary>The token of an id.</summary>
    /// <param name="id">0 to <see cref="VocabularySize"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside the vocabulary.</exception>
    public string IdToToken(int id)
    {
        if ((uint)id >= (uint)_vocabulary.Length)
            throw new ArgumentOutOfRangeException(nameof(id), id, $"the vocabulary has ids 0 to {_vocabulary.Length - 1}");
        return _vocabulary[id];
    }

    /// <summary>The id of a token, or null when the vocabulary does not have it.</summary>
    /// <param name="token">A whole word, a <c>##</c> piece or a special token.</param>
    public int? TokenToId(string token) => _idByToken.TryGetValue(token, out int id) ? id : null;

    internal void EncodeStepByStep(ReadOnlySpan<char> text, List<int> ids, List<TextSpan> offsets)
    {
        var sink = new TokenSink(_model, SpecialTokens, ids, offsets);
        _splitter.SplitStepByStep(text, ref sink);
    }

    private TracedTokens Trace(string text)
    {
        var traced = new TracedTokens(new(text.Length / 4), new(text.Length / 4));
        var sink = new TokenSink(_model, SpecialTokens, traced.Ids, traced.Offsets);
        _splitter.Split(text, ref sink);
        return traced;
    }

    private static FrozenDictionary<string, int> IndexVocabulary(string[] vocabulary)
    {
        if (vocabulary.Length == 0) throw new InvalidDataException("the vocabulary is empty; expected one token a line");
        var idByToken = new Dictionary<string, int>(vocabulary.Length, StringComparer.Ordinal);
        for (int id = 0; id < vocabulary.Length; id++)
        {
            string token = vocabulary[id];
            if (string.IsNullOrEmpty(token) || token.AsSpan().IndexOfAny('\r', '\n') >= 0)
                throw new InvalidDataException($"token {id} (line {id + 1}) is empty or holds a line break; expected one token a line");
            if (idByToken.TryAdd(token, id)) continue;
            int first = idByToken[token];
            throw new InvalidDataException($"token '{token}' is repeated: ids {first} and {id} (lines {first + 1} and {id + 1})");
        }

        return idByToken.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private string ComputeHash()
    {
        string flags = $"{Options.Lowercase} {Options.StripsAccents} {Options.TokenizeChineseCharacters}";
        string everything = string.Join('\n', [.. _vocabulary, flags, .. SpecialTokens.All]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(everything)));
    }
}

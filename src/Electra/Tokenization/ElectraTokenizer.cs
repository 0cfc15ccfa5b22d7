using System.Collections.Frozen;

namespace Electra.Tokenization;

/// <summary>
/// BERT's and ELECTRA's tokenizer: text to WordPiece ids and back, id for id as Hugging Face's tokenizer engine (<c>tokenizers</c> 0.23),
/// of whose age its Unicode tables are: categories of Unicode 8, decompositions of Unicode 9, lower-case forms of Unicode 17, whatever
/// the runtime knows. Immutable and thread-safe.
/// </summary>
public sealed class ElectraTokenizer
{
    private readonly TokenVocabulary _vocabulary;
    private readonly WordSplitter _splitter;
    private readonly WordPieceModel _model;
    private readonly FrozenSet<int> _skippedIds;

    /// <summary>A tokenizer over a vocabulary in memory.</summary>
    /// <param name="vocabulary">Tokens in the order of their ids; pieces that continue a word start with <c>##</c>.</param>
    /// <param name="options">Default: lower-cased, as bert-base-uncased.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or a token added twice.</exception>
    /// <exception cref="InvalidDataException">Empty vocabulary, empty or repeated token, or no special token of a kind.</exception>
    public ElectraTokenizer(IEnumerable<string> vocabulary, ElectraTokenizerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        Options = (options ?? new()).Validate();
        _vocabulary = new(vocabulary, Options);
        SpecialTokens = new SpecialTokens(Options, token => _vocabulary.Find(token)!.Value);
        _splitter = new(Options, _vocabulary.Added);
        _model = new(_vocabulary.Tokens.Take(_vocabulary.ModelSize), SpecialTokens.Unknown, Options.MaxInputCharsPerWord);
        _skippedIds = _vocabulary.Added.Where(added => added.Token.Special).Select(added => added.Id).ToFrozenSet();
    }

    /// <summary>Number of tokens, special and added ones included.</summary>
    public int VocabSize => _vocabulary.Tokens.Length;

    /// <summary>Tokens in the order of their ids.</summary>
    public IReadOnlyList<string> Vocabulary => _vocabulary.Tokens;

    /// <summary>[PAD], [UNK], [CLS], [SEP], [MASK] and their ids.</summary>
    public SpecialTokens SpecialTokens { get; }

    /// <summary>The options it was made with.</summary>
    public ElectraTokenizerOptions Options { get; }

    /// <summary>Lower-case hexadecimal SHA-256 over the tokens and every option that changes ids; token shards carry it.</summary>
    public string VocabularyHash => _vocabulary.Hash;

    /// <summary>What words are spelled with: the first tokens of the vocabulary, all but those that were added beyond it.</summary>
    internal int ModelVocabSize => _vocabulary.ModelSize;

    /// <summary>For each id whether its token continues a word.</summary>
    internal bool[] ContinuesWord() => [.. _vocabulary.Tokens.Select((token, id) => id < ModelVocabSize && token.StartsWith("##", StringComparison.Ordinal))];

    /// <summary>All tokens that are found in the text as they stand, and their ids.</summary>
    internal IReadOnlyList<(AddedToken Token, int Id)> AddedTokens => _vocabulary.Added;

    /// <summary>Reads a <c>vocab.txt</c>: one token a line, in the order of the ids.</summary>
    /// <param name="vocabFile">Path of the file.</param>
    /// <param name="options">Default: lower-cased, as bert-base-uncased.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">Empty file or line, repeated line, not UTF-8, or no special token of a kind.</exception>
    public static ElectraTokenizer FromVocabulary(string vocabFile, ElectraTokenizerOptions? options = null) =>
        PretrainedTokenizerReader.Create(vocabFile, VocabularyFile.Read(vocabFile), options ?? new());

    /// <summary>
    /// Reads a Hugging Face folder as their <c>AutoTokenizer</c> does: vocabulary, normalisation and added tokens from
    /// <c>tokenizer.json</c> or, where that is missing, <c>vocab.txt</c>; then <c>tokenizer_config.json</c>, whose casing, accents,
    /// Chinese characters, special and added tokens win; where it lists no added tokens, <c>special_tokens_map.json</c> and
    /// <c>added_tokens.json</c>.
    /// </summary>
    /// <param name="folder">Path of the folder.</param>
    /// <exception cref="FileNotFoundException">The folder has neither <c>vocab.txt</c> nor <c>tokenizer.json</c>.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, contradicts another or describes another kind of tokenizer.</exception>
    public static ElectraTokenizer FromPretrained(string folder) => PretrainedTokenizerReader.Read(folder);

    /// <summary>
    /// Writes <c>vocab.txt</c>, <c>tokenizer.json</c>, <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and, where tokens were
    /// added beyond the vocabulary, <c>added_tokens.json</c>, which <c>AutoTokenizer.from_pretrained</c> loads; creates the folder,
    /// replaces such files in it.
    /// </summary>
    /// <param name="folder">Path of the folder.</param>
    /// <param name="modelMaxLength">
    /// Longest sequence that the model takes, for <c>model_max_length</c>; <see cref="ElectraTokenizerOptions.ModelMaxLength"/> wins where
    /// it is shorter. Default null: what the options say, or 512, what every published ELECTRA takes.
    /// </param>
    public void SavePretrained(string folder, int? modelMaxLength = null) => PretrainedTokenizerWriter.Write(this, folder, modelMaxLength);

    /// <summary>Appends the ids of a text, without [CLS] and [SEP], to a list: the fastest way, used to write shards.</summary>
    /// <param name="text">Any text; unpaired surrogates are dropped.</param>
    /// <param name="destination">Receives the ids; not cleared first.</param>
    public void EncodeToIds(ReadOnlySpan<char> text, List<int> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var sink = new IdSink(_model, SpecialTokens.UnknownId, destination);
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
        return [.. EncodeToIds(text).Select(id => _vocabulary.Tokens[id])];
    }

    /// <summary>Encodes one text or a pair, with everything a model and a task need to know about the tokens.</summary>
    /// <param name="text">First text.</param>
    /// <param name="pair">Second text, or null.</param>
    /// <param name="options">Default: framed by special tokens, neither cut nor padded.</param>
    /// <exception cref="ArgumentException">The options contradict each other, or the text that may be cut is too short to fit.</exception>
    public TokenizedText Encode(string text, string? pair = null, EncodingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return EncodeRow(text, pair, new SequenceLayout(options ?? new()), shortest: 0);
    }

    /// <summary>
    /// Encodes many texts, or pairs, in parallel; row i is text i whatever the number of threads. The arrays for a model are made at
    /// once; what <see cref="EncodedBatch.Texts"/> says of a row beyond them, when it is asked for.
    /// </summary>
    /// <param name="texts">First texts.</param>
    /// <param name="pairs">Second texts, as many, or null.</param>
    /// <param name="options">Default: framed by special tokens, not cut, padded to the longest.</param>
    /// <exception cref="ArgumentException">As for <see cref="Encode"/>, a text is null, or the two lists differ in length.</exception>
    public EncodedBatch EncodeBatch(IReadOnlyList<string> texts, IReadOnlyList<string>? pairs = null, EncodingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (pairs is not null && pairs.Count != texts.Count)
            throw new ArgumentException($"expected one second text for each of the {texts.Count} texts, got {pairs.Count}", nameof(pairs));
        var layout = new SequenceLayout(options ?? new());
        var batch = new BatchEncoder(EncodeToIds, SpecialTokens, layout).Encode(texts, pairs);
        return new EncodedBatch(batch, row => EncodeRow(texts[row], pairs?[row], layout, shortest: batch.Length));
    }

    /// <summary>Puts ids back together as text; what normalisation changed stays changed.</summary>
    /// <param name="ids">Vocabulary ids.</param>
    /// <param name="skipSpecialTokens">Leave out the five special tokens and added ones that are <see cref="AddedToken.Special"/>.</param>
    /// <param name="cleanUp">Remove the spaces before English punctuation and contractions, by Hugging Face's rules.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside the vocabulary.</exception>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens = false, bool cleanUp = true)
    {
        ArgumentNullException.ThrowIfNull(ids);
        IEnumerable<string> tokens = ids.Where(id => !skipSpecialTokens || !_skippedIds.Contains(id)).Select(IdToToken);
        return TokenJoiner.Join(tokens, cleanUp);
    }

    /// <summary>The token of an id.</summary>
    /// <param name="id">0 to <see cref="VocabSize"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside the vocabulary.</exception>
    public string IdToToken(int id)
    {
        if ((uint)id >= (uint)VocabSize)
            throw new ArgumentOutOfRangeException(nameof(id), id, $"the vocabulary has ids 0 to {VocabSize - 1}");
        return _vocabulary.Tokens[id];
    }

    /// <summary>The id of a token, or null when the vocabulary does not have it.</summary>
    /// <param name="token">A whole word, a <c>##</c> piece or a special token.</param>
    public int? TokenToId(string token) => _vocabulary.Find(token);

    /// <summary>This tokenizer with more words as whole tokens, after all others.</summary>
    /// <param name="words">Words as they stand in texts; repeated ones count once.</param>
    /// <returns>The tokenizer, and what became of each word. A network for it: <c>WithWords</c> of the models.</returns>
    public VocabularyExtension WithWords(IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return new VocabularyExtension(this, words);
    }

    /// <summary>The one word that a text is, normalised; null where it is none, several, or one too long to be spelled.</summary>
    internal string? SingleWord(string text)
    {
        var words = new List<string?>();
        var sink = new WordListSink(words);
        _splitter.Split(text, ref sink);
        return words is [var word] ? word : null;
    }

    internal void Split<TSink>(ReadOnlySpan<char> text, ref TSink sink)
        where TSink : struct, IWordSink => _splitter.Split(text, ref sink);

    internal void EncodeStepByStep(ReadOnlySpan<char> text, List<int> ids, List<TextSpan> offsets)
    {
        var sink = new TokenSink(_model, SpecialTokens.UnknownId, ids, offsets);
        _splitter.SplitStepByStep(text, ref sink);
    }

    private TokenizedText EncodeRow(string text, string? pair, SequenceLayout layout, int shortest)
    {
        TracedTokens first = Trace(text);
        TracedTokens? second = pair is null ? null : Trace(pair);
        SequenceFit fit = layout.Fit(first.Ids.Count, second?.Ids.Count);
        return new SequenceBuilder(SpecialTokens, Math.Max(shortest, fit.Length), layout.IsFramed).Build(first, second, fit);
    }

    private TracedTokens Trace(string text)
    {
        var traced = new TracedTokens(new(text.Length / 4), new(text.Length / 4));
        var sink = new TokenSink(_model, SpecialTokens.UnknownId, traced.Ids, traced.Offsets);
        _splitter.Split(text, ref sink);
        return traced;
    }
}

using System.Text;

namespace Electra.Tokenization;

/// <summary>
/// Learns a WordPiece vocabulary from streamed text: words are counted, split into characters, and the most frequent neighbours joined
/// to a new piece until there are a quarter too many; then the pieces go that spelling by longest match needs least. The result depends
/// on the text, on its order only where the word table overflows, and on nothing else. Not thread-safe.
/// </summary>
public sealed class WordPieceVocabularyTrainer
{
    private readonly WordPieceTrainerOptions _options;
    private readonly WordSplitter _splitter;
    private readonly WordCountTable _words;

    /// <summary>A trainer that has seen no text yet.</summary>
    /// <param name="options">Default options when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public WordPieceVocabularyTrainer(WordPieceTrainerOptions? options = null)
    {
        _options = (options ?? new()).Validate();
        _splitter = new(_options.Tokenizer, [.. _options.Tokenizer.AllAddedTokens().Select(token => (token, 0))]);
        _words = new(_options.MaxDistinctWords);
    }

    /// <summary>
    /// The counts in use are too low by at most this much, because rare words were forgotten to stay within
    /// <see cref="WordPieceTrainerOptions.MaxDistinctWords"/>; 0 when all fitted.
    /// </summary>
    public long MaximumUndercount => _words.MaximumUndercount;

    /// <summary>Different words that are remembered.</summary>
    public int DistinctWords => _words.Counts.Count;

    /// <summary>Called now and then while counts of shares are read, and while a vocabulary is learned.</summary>
    /// <value>Default null.</value>
    public Action? OnProgress { get; set; }

    private string[] SpecialTokenNames =>
    [
        _options.Tokenizer.UnknownToken, _options.Tokenizer.ClsToken, _options.Tokenizer.SepToken, _options.Tokenizer.MaskToken,
        _options.Tokenizer.PadToken,
    ];

    /// <summary>Counts the words of a piece of text, which should not end within a word.</summary>
    /// <param name="text">A line, paragraph or document.</param>
    public void Add(ReadOnlySpan<char> text)
    {
        Split(text, _words);
        _ = _words.EndText(text.Length);
    }

    /// <summary>Begins to count a share of a text whose other shares other processes count.</summary>
    /// <param name="index">Which share, from 0.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="counts">Where the counts are written; stays open.</param>
    public WordCountShare CountShare(int index, int count, Stream counts) => new(_options.MaxDistinctWords, Split, index, count, counts);

    /// <summary>Counts the words of a text that was counted in shares: with the same result as if all of it were added here.</summary>
    /// <param name="shares">What the shares wrote, in their order; read to the end.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The UTF-16 characters of the text.</returns>
    /// <exception cref="InvalidDataException">The shares are not those of one text.</exception>
    public long AddShares(IReadOnlyList<Stream> shares, CancellationToken cancellationToken = default) =>
        WordCountShare.Read(shares, _words, OnProgress, cancellationToken);

    /// <summary>Learns the vocabulary from all text added so far; more may be added and learned from later.</summary>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>
    /// Tokens in the order of their ids, the lines of a <c>vocab.txt</c>: [PAD], [unused0] ..., [UNK], [CLS], [SEP], [MASK], the
    /// characters, the characters as <c>##</c> pieces, then the pieces in the order in which they were learned.
    /// </returns>
    /// <exception cref="InvalidOperationException">No text was added, or the alphabet that was asked for does not fit.</exception>
    public IReadOnlyList<string> Train(CancellationToken cancellationToken = default) => Train(out _, cancellationToken);

    /// <summary>The same, and what share of the text the vocabulary loses.</summary>
    /// <param name="report">What it makes of the text.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>As above.</returns>
    /// <exception cref="InvalidOperationException">No text was added, or the alphabet that was asked for does not fit.</exception>
    public IReadOnlyList<string> Train(out VocabularyReport report, CancellationToken cancellationToken = default)
    {
        if (_words.Counts.Count == 0) throw new InvalidOperationException("there is no text to learn from; call Add before Train");
        List<string> vocabulary = [_options.Tokenizer.PadToken];
        for (int i = 0; i < _options.UnusedSlots; i++) vocabulary.Add($"[unused{i}]");
        vocabulary.AddRange(SpecialTokenNames.AsSpan()[..4]);
        int free = _options.VocabSize - vocabulary.Count;
        var alphabet = new Alphabet(_words.Counts);
        HashSet<Rune> kept = _options.AlphabetLimit is int limit
            ? alphabet.Take(limit, _options.MinimumFrequency)
            : alphabet.Choose(free, _options.MinimumFrequency);
        report = alphabet.Report(kept);
        var learner = new PieceLearner(_words.Counts, kept);
        int alphabetSize = learner.Pieces.Count;
        if (alphabetSize > free)
        {
            throw new InvalidOperationException($"the characters of the text take {alphabetSize} tokens, but only {free} of " +
                $"{_options.VocabSize} are free; raise VocabSize, or lower AlphabetLimit ({_options.AlphabetLimit}) or leave it out");
        }

        learner.Learn((int)(free * PiecePruner.Surplus), _options.MinimumFrequency, OnProgress, cancellationToken);
        vocabulary.AddRange(PiecePruner.Prune(learner.Pieces, alphabetSize, free, _words.Counts, OnProgress, cancellationToken));
        return vocabulary;
    }

    private void Split(ReadOnlySpan<char> text, WordCountTable words)
    {
        var sink = new WordCountSink(words);
        _splitter.Split(text, ref sink);
    }
}

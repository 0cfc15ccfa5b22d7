using System.Security.Cryptography;
using System.Text;
using Electra.Tokenization;

namespace Electra.Data;

/// <summary>
/// A folder of token shards, opened for training: its documents parted into training and held-out ones and packed into examples. Text
/// is read from the mapped files as batches need it, so a corpus may be much larger than the memory.
/// </summary>
public sealed class PretrainingDataset : IDisposable
{
    // The parts of a fingerprint.
    private static readonly string[] Marks =
        ["vocabulary", "content or order of shards", "number of training documents", "number of training tokens", "sequence length", "packer", "joining", "seed"];

    private readonly List<TokenShardReader> _shards = [];
    private string? _fingerprint;

    private PretrainingDataset(string folder, DataOptions options)
    {
        (Folder, Options, Manifest) = (folder, options.Validate(), TokenShardManifest.Load(folder));
        try
        {
            foreach (TokenShardEntry entry in Manifest.Shards) _shards.Add(OpenShard(entry));
            (TokenCorpus training, TokenCorpus heldOut, HeldOutReport) = Split(new TokenCorpus(_shards));
            Training = Examples(training, options.Seed, options.SequenceLength);
            HeldOut = Examples(heldOut, null, options.SequenceLength);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The folder of the shards.</summary>
    public string Folder { get; }

    /// <summary>How the shards become batches.</summary>
    public DataOptions Options { get; }

    /// <summary>What the shards hold.</summary>
    public TokenShardManifest Manifest { get; }

    /// <summary>The examples to train on.</summary>
    internal PretrainingExamples Training { get; }

    /// <summary>The examples of the text kept from training; none when nothing is held out.</summary>
    internal PretrainingExamples HeldOut { get; }

    /// <summary>What text is kept from training, and which share of all that is.</summary>
    public HeldOutReport HeldOutReport { get; }

    /// <summary>The training examples of one epoch.</summary>
    public long ExampleCount => Training.ExampleCount;

    /// <summary>
    /// Tells whether a place in the text that was kept still means the same examples: covers the shards, their content and their order, and
    /// every option that decides which examples there are and in which order. The batch size is not among them.
    /// </summary>
    public string Fingerprint => _fingerprint ??= string.Join(
        '/', Manifest.Vocabulary.Hash[..16], ShardHash(), Training.Corpus.DocumentCount, Training.Corpus.TokenCount,
        Options.SequenceLength, Options.Packer, Options.JoinDocuments ? "joined" : "apart", Options.Seed);

    /// <summary>Opens a folder of shards.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidDataException">
    /// The folder is incomplete, a shard is missing, altered or of another vocabulary, nothing can be held out or nothing is left to
    /// train on.
    /// </exception>
    public static PretrainingDataset Open(string folder, DataOptions options) => new(folder, options);

    /// <summary>The training examples of another length, cut from the same mapped files; the other options stay.</summary>
    /// <param name="sequenceLength">The positions of an example, at least 5.</param>
    internal PretrainingExamples TrainingAt(int sequenceLength) =>
        sequenceLength == Options.SequenceLength ? Training : Examples(Training.Corpus, Options.Seed, sequenceLength);

    /// <summary>The held-out examples of another length: the same documents as <see cref="HeldOut"/>.</summary>
    /// <param name="sequenceLength">The positions of an example, at least 5.</param>
    internal PretrainingExamples HeldOutAt(int sequenceLength) =>
        sequenceLength == Options.SequenceLength ? HeldOut : Examples(HeldOut.Corpus, null, sequenceLength);

    /// <summary>Reads training examples: <see cref="PretrainingExamples.ReadBatch"/> of <see cref="Training"/>.</summary>
    internal TokenBatch ReadBatch(DataPosition position, int count) => Training.ReadBatch(position, count);

    /// <summary>The lines of the training text in order, as token ids without [CLS] and [SEP]; one document is in memory at a time.</summary>
    /// <param name="maximumTokens">Stops after the document that reaches this many tokens; to count words, a sample is enough.</param>
    public IEnumerable<int[]> ReadTrainingLines(long maximumTokens = long.MaxValue) => CorpusLines.Read(Training.Corpus, maximumTokens);

    /// <summary>As <see cref="ReadTrainingLines"/>, of the text kept from training.</summary>
    /// <param name="maximumTokens">As there.</param>
    public IEnumerable<int[]> ReadHeldOutLines(long maximumTokens = long.MaxValue) => CorpusLines.Read(HeldOut.Corpus, maximumTokens);

    /// <summary>Checks that the ids were made with this tokenizer.</summary>
    /// <exception cref="ArgumentException">They were made with another vocabulary or other options.</exception>
    public void RequireVocabulary(ElectraTokenizer tokenizer) => RequireVocabulary(tokenizer.VocabularyHash);

    /// <summary>What is not as a kept fingerprint says, in words; null when it is all the same.</summary>
    internal string? DifferenceFrom(string fingerprint)
    {
        if (fingerprint == Fingerprint) return null;
        string[] now = Fingerprint.Split('/'), before = fingerprint.Split('/');
        if (before.Length != now.Length)
            return "the data was kept by an earlier version, which held out other text and did not say which shards it read";
        IEnumerable<string> differences = Marks.Index().Where(mark => now[mark.Index] != before[mark.Index])
            .Select(mark => $"{mark.Item} ({now[mark.Index]} now, {before[mark.Index]} before)");
        return $"the data has another {string.Join(", ", differences)}";
    }

    /// <summary>Checks that the ids were made with the tokenizer of this hash.</summary>
    internal void RequireVocabulary(string vocabularyHash)
    {
        if (string.Equals(vocabularyHash, Manifest.Vocabulary.Hash, StringComparison.OrdinalIgnoreCase)) return;
        throw new ArgumentException($"The shards in '{Folder}' were written with another vocabulary or other tokenizer options " +
            $"(hash {Short(Manifest.Vocabulary.Hash)}, the tokenizer's is {Short(vocabularyHash)}). " +
            "Write the shards again with this tokenizer, or use theirs.");
    }

    /// <summary>Checks that a model can take the batches.</summary>
    /// <param name="vocabSize">The rows of its word table.</param>
    /// <param name="maxPositions">The rows of its position table.</param>
    /// <param name="tokenTypes">The rows of its token-type table.</param>
    /// <param name="phases">The sequence lengths of a run's phases; null or empty: the dataset's own length.</param>
    /// <exception cref="ArgumentException">It cannot; the message names every reason.</exception>
    public void RequireFits(int vocabSize, int maxPositions, int tokenTypes, IReadOnlyList<int>? phases = null)
    {
        var faults = new StringBuilder();
        bool hasPhases = phases is { Count: > 0 };
        foreach ((int phase, int length) in (hasPhases ? phases! : [Options.SequenceLength]).Index())
        {
            string whose = hasPhases ? $" of phase {phase + 1}" : "";
            if (length > maxPositions)
                faults.Append($" The sequence length {length}{whose} exceeds the model's {maxPositions} positions: shorten it.");
        }

        if (Manifest.Vocabulary.Size > vocabSize)
            faults.Append($" The shards use {Manifest.Vocabulary.Size:N0} tokens, the model has {vocabSize:N0}: enlarge it.");
        if ((Options.Packer == PackerKind.SegmentPair || Options.SecondSegmentShare > 0) && tokenTypes < 2)
            faults.Append($" Examples of two segments need 2 token types, the model has {tokenTypes}: use the contiguous packer with {nameof(Options.SecondSegmentShare)} 0.");
        if (faults.Length > 0) throw new ArgumentException($"The data does not fit the model.{faults}");
    }

    /// <summary>Unmaps the shards; batches already read stay valid.</summary>
    public void Dispose()
    {
        foreach (TokenShardReader shard in _shards) shard.Dispose();
    }

    private string ShardHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TokenShardReader shard in _shards) shard.AppendChecksums(hash);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static string Short(string hash) => hash.Length > 12 ? hash[..12] : hash;

    private TokenShardReader OpenShard(TokenShardEntry entry)
    {
        string path = Path.Combine(Folder, entry.File);
        if (!File.Exists(path)) throw NotAsListed(path, "is missing");
        TokenShardReader shard = TokenShardReader.Open(path);
        bool listed = string.Equals(shard.VocabularyHash, Manifest.Vocabulary.Hash, StringComparison.OrdinalIgnoreCase)
            && (shard.DocumentCount, shard.LineCount, shard.TokenCount) == (entry.Documents, entry.Lines, entry.Tokens);
        if (listed) return shard;
        shard.Dispose();
        throw NotAsListed(path, "is another one: its vocabulary or counts differ");
    }

    private static InvalidDataException NotAsListed(string path, string how) =>
        new($"{path}: {TokenShardManifest.FileName} lists this shard, but it {how}. Write the shards again.");

    private (TokenCorpus Training, TokenCorpus HeldOut, HeldOutReport Report) Split(TokenCorpus all)
    {
        HeldOutSplit split = Options.HeldOutDocuments is int count
            ? HeldOutSplit.ByCount(all, count)
            : HeldOutSplit.ByShare(all, Options.HeldOutFraction);
        if (split.Tokens == all.TokenCount)
        {
            throw new InvalidDataException(
                $"{Folder}: all {all.TokenCount:N0} tokens are held out, which leaves none to train on. Lower {nameof(Options.HeldOutDocuments)}.");
        }

        if (split.Tokens > 0 || Options is { HeldOutDocuments: 0 } or { HeldOutDocuments: null, HeldOutFraction: 0 }) return split.Apply();
        string why = split.Smallest == 0 || split.Smallest == all.TokenCount ? "it repeats itself from beginning to end. Give other text"
            : $"the smallest part that is nowhere else in it makes {(double)split.Smallest / all.TokenCount:P1} of it. " +
                $"Give more text, set {nameof(Options.HeldOutFraction)} to that share";
        throw new InvalidDataException($"{Folder}: nothing of the {all.TokenCount:N0} tokens of text can be kept from training to evaluate on: {why}, " +
            $"or set {nameof(Options.HeldOutFraction)} to 0 to evaluate on nothing.");
    }

    private PretrainingExamples Examples(TokenCorpus corpus, long? shuffleSeed, int sequenceLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequenceLength, DataOptions.ShortestSequence);
        IExamplePacker packer = Options.Packer == PackerKind.SegmentPair
            ? new SegmentPairPacker(corpus, Manifest.Vocabulary, sequenceLength, Options.Seed)
            : new ContiguousPacker(corpus, Manifest.Vocabulary, sequenceLength, Options.JoinDocuments, Options.Seed, Options.SecondSegmentShare);
        return new PretrainingExamples(corpus, packer, sequenceLength, shuffleSeed);
    }
}

using Electra.Data;
using Electra.Distributed;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Electra.Tokenization;

namespace Electra.Samples.Pretrain.Corpus;

/// <summary>
/// The run's tokenizer: learned from the corpus or made of a given vocabulary, and kept in the output folder as Hugging Face's files, so
/// that a second start finds it with its options.
/// </summary>
internal sealed class TokenizerPreparation(RunPlan plan, RunFolder folder, RunConsole console)
{
    /// <summary>Text that a vocabulary is learned from at most; more changes it little.</summary>
    private const long LearnedCharacters = 1_000_000_000;

    /// <summary>Text that a given vocabulary is tried on.</summary>
    private const long TriedCharacters = 2_000_000;

    /// <summary>Share of words lost to [UNK] from which on there is a warning.</summary>
    private const double ManyUnknown = 0.01;

    /// <summary>Reads the one that an earlier start kept; a folder of an earlier version holds the vocabulary only.</summary>
    public ElectraTokenizer Reload() => Load(folder.Root);

    /// <summary>Reads one that was kept in a folder.</summary>
    public static ElectraTokenizer Load(string folder)
    {
        ElectraTokenizer kept = ElectraTokenizer.FromPretrained(folder);
        // the longest sequence is the model's affair, and the next model may be another
        return new ElectraTokenizer(kept.Vocabulary, kept.Options with { ModelMaxLength = null });
    }

    /// <summary>Whether the words of the text are counted to make one.</summary>
    public bool CountsWords => plan.Start is { } start ? start.ExtraWordCount > 0 : plan.Vocabulary is null;

    /// <summary>Counts the words of a share of the text, to be handed to <see cref="Create"/> with those of all others.</summary>
    public void CountShare(IDocumentSource source, int index, int count, Stream counts, Heartbeat heartbeat)
    {
        WordCountShare share = plan.Start is null
            ? new WordPieceVocabularyTrainer(plan.Learning).CountShare(index, count, counts)
            : new ExtraWordFinder(Given()).CountShare(index, count, counts);
        foreach (string line in Lines(source, LearnedCharacters, heartbeat)) share.Add(line);
        share.Complete();
    }

    /// <summary>Learns or reads one and says what it loses.</summary>
    /// <param name="source">The text.</param>
    /// <param name="shares">What all shares of the text counted; null for text that is still to be counted.</param>
    /// <param name="heartbeat">Told of every line.</param>
    /// <exception cref="UsageException">No such vocabulary can be learned.</exception>
    public ElectraTokenizer Create(IDocumentSource source, IReadOnlyList<Stream>? shares, Heartbeat heartbeat)
    {
        if (plan.Start is { } start)
        {
            ElectraTokenizer extended = new ExtraWords(start, console).AddTo(Given(), finder =>
            {
                if (shares is not null) finder.AddShares(shares, heartbeat.Stop);
                else foreach (string line in Lines(source, LearnedCharacters, heartbeat)) finder.Add(line);
            });
            SayUnknown(UnknownShare(extended, source, heartbeat), "a model that was made for such text");
            return extended;
        }

        if (plan.Vocabulary is not null)
        {
            var given = ElectraTokenizer.FromVocabulary(plan.Vocabulary, plan.Learning.Tokenizer);
            SayUnknown(UnknownShare(given, source, heartbeat), "another --vocab, or none to learn one");
            return given;
        }

        VocabularyReport? report = null;
        IReadOnlyList<string> learned = console.Working("learning the vocabulary", _ => Learn(source, shares, out report, heartbeat));
        console.Say($"it holds {report!.Alphabet:N0} of the text's {report.DistinctCharacters:N0} different characters");
        SayUnknown(report.UnknownWords, "a larger --vocab-size or --alphabet, or a smaller --min-frequency");
        return new ElectraTokenizer(learned, plan.Learning.Tokenizer);
    }

    /// <summary>Keeps it for the next start.</summary>
    public void Keep(ElectraTokenizer tokenizer) => tokenizer.SavePretrained(folder.Root, plan.Config.MaxPositionEmbeddings);

    private ElectraTokenizer Given()
    {
        ElectraTokenizer own = plan.Start!.Tokenizer ?? throw new InvalidOperationException("A run that is under way has its tokenizer.");
        return new ElectraTokenizer(own.Vocabulary.Take(own.VocabSize), own.Options with { ModelMaxLength = null });
    }

    private IReadOnlyList<string> Learn(IDocumentSource source, IReadOnlyList<Stream>? shares, out VocabularyReport report, Heartbeat heartbeat)
    {
        var trainer = new WordPieceVocabularyTrainer(plan.Learning) { OnProgress = heartbeat.Beat };
        long characters = shares is null ? 0 : trainer.AddShares(shares, heartbeat.Stop);
        if (shares is null)
        {
            foreach (string line in Lines(source, LearnedCharacters, heartbeat))
            {
                trainer.Add(line);
                characters += line.Length;
            }
        }

        if (characters == 0) throw new UsageException("The corpus holds no text; name files with text in them.");
        try
        {
            return trainer.Train(out report, heartbeat.Stop);
        }
        catch (InvalidOperationException exception)
        {
            throw new UsageException($"No vocabulary of {plan.Learning.VocabSize:N0} tokens can be learned: {exception.Message}");
        }
    }

    private void SayUnknown(double share, string remedy)
    {
        string line = FormattableString.Invariant($"{share:P2} of the text's words are [UNK] to the vocabulary");
        if (share > ManyUnknown) console.Warn($"{line}, of which the model learns nothing: try {remedy}.");
        else console.Say(line);
    }

    private static double UnknownShare(ElectraTokenizer tokenizer, IDocumentSource source, Heartbeat heartbeat)
    {
        long words = 0, unknown = 0;
        foreach (string line in Lines(source, TriedCharacters, heartbeat))
        {
            IReadOnlyList<int> ids = tokenizer.EncodeToIds(line);
            words += ids.Count(id => !tokenizer.IdToToken(id).StartsWith("##", StringComparison.Ordinal));
            unknown += ids.Count(id => id == tokenizer.SpecialTokens.UnknownId);
        }

        return words == 0 ? 0 : (double)unknown / words;
    }

    private static IEnumerable<string> Lines(IDocumentSource source, long characters, Heartbeat heartbeat)
    {
        foreach (Document document in source.ReadDocuments(heartbeat.Stop))
        {
            foreach (string line in document.Lines)
            {
                yield return line;
                heartbeat.Beat();
            }

            characters -= document.CharacterCount;
            if (characters < 0) yield break;
        }
    }
}

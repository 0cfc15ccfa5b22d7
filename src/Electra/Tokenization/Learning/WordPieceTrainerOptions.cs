using System.Text.Json.Serialization;

namespace Electra.Tokenization;

/// <summary>What kind of vocabulary <see cref="WordPieceVocabularyTrainer"/> learns.</summary>
public sealed record WordPieceTrainerOptions
{
    /// <summary>Tokens in all: special tokens, unused slots, alphabet and learned pieces; fewer when the text gives no more.</summary>
    /// <value>Default 30,522.</value>
    [JsonPropertyName("VocabularySize")] // what prepared corpora are known by
    public int VocabSize { get; init; } = 30_522;

    /// <summary>Characters and pairs of pieces rarer than this are not learned.</summary>
    /// <value>Default 2; at least 1.</value>
    public int MinimumFrequency { get; init; } = 2;

    /// <summary>Different characters that are kept, the most frequent ones; words with any other character become [UNK].</summary>
    /// <value>
    /// Default null: as many as cover 99.95 % of the text's characters, and as fill a sixteenth of the vocabulary (a character that also
    /// stands inside words takes two tokens); where the vocabulary is too small for that, as many as it holds.
    /// </value>
    public int? AlphabetLimit { get; init; }

    /// <summary>Number of <c>[unusedN]</c> tokens after [PAD], for words to be added later without changing ids.</summary>
    /// <value>Default 0.</value>
    public int UnusedSlots { get; init; }

    /// <summary>
    /// Different words counted at the same time; when there are more after a million characters of text (or as many as this number, where that is less), the rarest are
    /// forgotten: see <see cref="WordPieceVocabularyTrainer.MaximumUndercount"/>.
    /// </summary>
    /// <value>Default 2,000,000 (about 250 MB while counting); at least 1,000.</value>
    public int MaxDistinctWords { get; init; } = 2_000_000;

    /// <summary>Normalisation and special tokens: give the same options to the tokenizer that will use the vocabulary.</summary>
    /// <value>Default: lower-cased, as bert-base-uncased.</value>
    public ElectraTokenizerOptions Tokenizer { get; init; } = new();

    internal WordPieceTrainerOptions Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MinimumFrequency, 1);
        if (AlphabetLimit is int limit) ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1, nameof(AlphabetLimit));
        ArgumentOutOfRangeException.ThrowIfLessThan(UnusedSlots, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDistinctWords, 1_000);
        ArgumentNullException.ThrowIfNull(Tokenizer);
        ArgumentOutOfRangeException.ThrowIfLessThan(VocabSize, UnusedSlots + 6); // five special tokens and at least one character
        return this;
    }
}

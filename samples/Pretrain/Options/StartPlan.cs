using Electra.Configuration;
using Electra.Pretraining;
using Electra.Tokenization;

namespace Electra.Samples.Pretrain.Options;

/// <summary>What a run with --from begins with.</summary>
internal sealed record StartPlan
{
    /// <summary>What was typed.</summary>
    public required string From { get; init; }

    /// <summary>Of --from-generator; null for none.</summary>
    public required string? Generator { get; init; }

    /// <summary>Of --from-heads; null for Google's rule.</summary>
    public required int? Heads { get; init; }

    /// <summary>The encoder as it is in the files.</summary>
    public required ElectraConfig Config { get; init; }

    /// <summary>The generator as it is in the files; null for a fresh one, or none.</summary>
    public required ElectraConfig? GeneratorConfig { get; init; }

    /// <summary>What wrote the files.</summary>
    public required PretrainingSourceKind Kind { get; init; }

    /// <summary>The options of the run that left the weights; null where nothing says so.</summary>
    public required PretrainingOptions? Saved { get; init; }

    /// <summary>Options that fit the weights.</summary>
    public PretrainingModelOptions Model { get; init; } = new();

    /// <summary>The hash of the vocabulary as it is in the files.</summary>
    public required string VocabularyHash { get; init; }

    /// <summary>The tokenizer as it is in the files; null where the run goes on from a checkpoint of its own and needs it no more.</summary>
    public ElectraTokenizer? Tokenizer { get; init; }

    /// <summary>Updates made, where moments can be taken up; else null.</summary>
    public required long? Step { get; init; }

    /// <summary>Whether they shall be.</summary>
    public bool KeepsState { get; init; }

    /// <summary>A file of words to add to the vocabulary; null for none.</summary>
    public string? ExtraWords { get; init; }

    /// <summary>How many words of the corpus to add.</summary>
    public int ExtraWordCount { get; init; }

    /// <summary>Whether this was read from the run's own folder, since the run is under way.</summary>
    public bool IsUnderWay => Tokenizer is null;

    /// <summary>A network of the files with the tables of this run.</summary>
    /// <param name="config">As it is in the files.</param>
    /// <param name="tokenizer">With all words.</param>
    /// <param name="positions">Rows of the position table.</param>
    public static ElectraConfig Sized(ElectraConfig config, ElectraTokenizer tokenizer, int positions) =>
        config with { VocabSize = Math.Max(config.VocabSize, tokenizer.VocabSize), MaxPositionEmbeddings = positions };
}

using Electra.Configuration;
using Electra.Data;
using Electra.Pretraining;
using Electra.Tokenization;

namespace Electra.Samples.Pretrain.Options;

/// <summary>A run whose settings were checked: nothing in it is missing or contradicts itself.</summary>
internal sealed record RunPlan
{
    /// <summary>The recipe's name or the path of a config.json.</summary>
    public required string Model { get; init; }

    /// <summary>The discriminator; its vocabulary is set once that is known.</summary>
    public required ElectraConfig Config { get; init; }

    /// <summary>How it is trained. With phases the sequence length of the data is that of the last, at which the run is judged.</summary>
    public required PretrainingOptions Options { get; init; }

    /// <summary>Files to train on; none for the SDK's documentation and where a prepared corpus is kept.</summary>
    public required CorpusFileList Corpus { get; init; }

    /// <summary>Whether the text is the SDK's documentation.</summary>
    public required bool IsDefaultCorpus { get; init; }

    /// <summary>Whether a prepared corpus is used whatever was asked for.</summary>
    public required bool KeepPrepared { get; init; }

    /// <summary>How corpus files are read.</summary>
    public required CorpusOptions Reading { get; init; }

    /// <summary>A given vocabulary, or null to learn one.</summary>
    public required string? Vocabulary { get; init; }

    /// <summary>The vocabulary to learn; casing and accents hold for a given one, too.</summary>
    public required WordPieceTrainerOptions Learning { get; init; }

    public required string Device { get; init; }

    /// <summary>What the run begins with; null for fresh weights.</summary>
    public StartPlan? Start { get; init; }

    /// <summary>Examples of a forward pass at the length at which the run is judged.</summary>
    public int FinalMicroBatchSize =>
        (Options.Phases is [.., var last] ? last.MicroBatchSize : null) ?? Options.Data.MicroBatchSize ?? Options.Data.BatchSize;

    /// <summary>What changes the tokens beyond a vocabulary's file or size; empty when nothing was asked for.</summary>
    public string TokenizerChoices
    {
        get
        {
            var usual = new WordPieceTrainerOptions();
            List<string> choices = [];
            if (!Learning.Tokenizer.Lowercase) choices.Add("cased");
            if (Learning.Tokenizer.StripAccents == false) choices.Add("accents kept");
            if (Learning.AlphabetLimit is int limit) choices.Add($"{limit} characters");
            if (Learning.MinimumFrequency != usual.MinimumFrequency) choices.Add($"minimum frequency {Learning.MinimumFrequency}");
            return string.Join(", ", choices);
        }
    }
}

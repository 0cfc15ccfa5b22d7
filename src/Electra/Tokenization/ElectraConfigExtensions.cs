using Electra.Configuration;

namespace Electra.Tokenization;

/// <summary>Configurations made for a tokenizer.</summary>
public static class ElectraConfigExtensions
{
    /// <summary>This config for a tokenizer's vocabulary: a row of the word table for each token, and its padding.</summary>
    /// <param name="config">A network, such as a preset.</param>
    /// <param name="tokenizer">Has the vocabulary.</param>
    public static ElectraConfig WithVocabulary(this ElectraConfig config, ElectraTokenizer tokenizer) =>
        config.WithVocabulary(tokenizer.VocabSize, tokenizer.SpecialTokens.PadId);
}

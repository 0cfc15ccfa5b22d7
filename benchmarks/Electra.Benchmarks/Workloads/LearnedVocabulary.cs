using Electra.Tokenization;

namespace Electra.Benchmarks.Workloads;

/// <summary>A tokenizer whose WordPiece vocabulary is learned from the texts at hand.</summary>
internal static class LearnedVocabulary
{
    private const int VocabSize = 30_522;

    /// <summary>Learns it.</summary>
    public static ElectraTokenizer Of(IEnumerable<string> texts)
    {
        var trainer = new WordPieceVocabularyTrainer(new WordPieceTrainerOptions { VocabSize = VocabSize });
        foreach (string text in texts) trainer.Add(text);
        return new ElectraTokenizer(trainer.Train());
    }
}

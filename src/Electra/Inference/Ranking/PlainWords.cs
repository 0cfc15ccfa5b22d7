using System.Text;
using Electra.Tokenization;

namespace Electra.Inference;

/// <summary>
/// The words of a text as BERT's tokenizer parts them, in lower case and without accents. Punctuation is no word, nor is what has over a hundred
/// characters.
/// </summary>
internal static class PlainWords
{
    private static readonly WordSplitter Splitter = new(new ElectraTokenizerOptions(), []);

    /// <summary>How often each word occurs.</summary>
    public static IReadOnlyDictionary<string, int> Count(string text)
    {
        var words = new Dictionary<string, int>();
        var sink = new Sink(words.GetAlternateLookup<ReadOnlySpan<char>>());
        Splitter.Split(text, ref sink);
        return words;
    }

    private readonly struct Sink(Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> words) : IWordSink
    {
        public static bool NeedsSpans => false;

        public void AddWord(ReadOnlySpan<char> word, ReadOnlySpan<TextSpan> spans)
        {
            if (Rune.DecodeFromUtf16(word, out Rune rune, out int length) == System.Buffers.OperationStatus.Done
                && length == word.Length && CharacterRules.IsPunctuation(rune.Value))
            {
                return;
            }

            words[word] = words.TryGetValue(word, out int count) ? count + 1 : 1;
        }

        public void AddOverlongWord(TextSpan span)
        {
        }

        public void AddToken(int id, TextSpan span)
        {
        }
    }
}

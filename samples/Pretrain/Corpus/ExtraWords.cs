using Electra.Samples.Pretrain.Options;
using Electra.Samples.Pretrain.Reporting;
using Electra.Tokenization;

namespace Electra.Samples.Pretrain.Corpus;

/// <summary>The words that a vocabulary gets more of: those of a file, and those that the corpus would be shorter with.</summary>
internal sealed class ExtraWords(StartPlan start, RunConsole console)
{
    private const int Shown = 10;

    /// <summary>The tokenizer with them; what became of them is said.</summary>
    /// <param name="tokenizer">As it is without them.</param>
    /// <param name="count">Counts the words of the text that words are looked for in.</param>
    public ElectraTokenizer AddTo(ElectraTokenizer tokenizer, Action<ExtraWordFinder> count)
    {
        List<string> words = start.ExtraWords is null ? [] : [.. File.ReadLines(start.ExtraWords).Select(line => line.Trim()).Where(line => line.Length > 0)];
        if (start.ExtraWordCount > 0) words.AddRange(Found(tokenizer, count));
        if (words.Count == 0) return tokenizer;
        VocabularyExtension extension = tokenizer.WithWords(words);
        console.Say($"{extension.Words.Count:N0} words added to the vocabulary: {Some(extension.Words)}");
        Tell("are tokens already", extension.Known);
        Tell("have characters that the vocabulary lacks", extension.Unspellable);
        Tell("are not one word to the tokenizer", extension.NotWords);
        return extension.Tokenizer;
    }

    private IReadOnlyList<string> Found(ElectraTokenizer tokenizer, Action<ExtraWordFinder> count) => console.Working("looking for words to add", _ =>
    {
        var finder = new ExtraWordFinder(tokenizer);
        count(finder);
        return finder.Find(start.ExtraWordCount);
    });

    private void Tell(string what, IReadOnlyList<string> words)
    {
        if (words.Count > 0) console.Warn($"not added: {words.Count:N0} that {what}: {Some(words)}");
    }

    private static string Some(IReadOnlyList<string> words) => words.Count == 0 ? "none" : string.Join(", ", words.Take(Shown)) + (words.Count > Shown ? ", ..." : "");
}

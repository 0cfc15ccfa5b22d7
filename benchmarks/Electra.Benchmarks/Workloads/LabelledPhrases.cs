using Electra.FineTuning;

namespace Electra.Benchmarks.Workloads;

/// <summary>
/// Invented phrases of two classes, as long as those of SST-2: 9 words in the mean, most of them short, some long (its training file has 9.4, half of
/// them 7 or fewer, one in a hundred over 35, the longest 52).
/// </summary>
internal static class LabelledPhrases
{
    private const double MeanWords = 9;
    private const int MostWords = 52;
    private const int Seed = 22;

    /// <summary>The phrases; the same on every machine.</summary>
    public static ExampleSet<TextExample> Draw(int count)
    {
        var random = new Random(Seed);
        string[] words = [.. new SyntheticText(1_000_000).ReadDocuments().SelectMany(document => document.Lines).SelectMany(line => line.Split(' '))];
        return new ExampleSet<TextExample>("synthetic phrases", [.. Enumerable.Range(0, count).Select(_ => Phrase())], []);

        TextExample Phrase()
        {
            int length = Math.Min(MostWords, 1 + (int)(-MeanWords * Math.Log(1 - random.NextDouble())));
            int start = random.Next(words.Length - length);
            return new TextExample(string.Join(' ', words[start..(start + length)])) { Labels = [random.Next(2) == 0 ? "no" : "yes"] };
        }
    }
}

using Electra.FineTuning;
using Electra.Tokenization;

namespace Electra.Benchmarks.Plain;

/// <summary>Labelled texts of two tables, as token ids and numbers of classes.</summary>
/// <param name="Training">To learn from.</param>
/// <param name="Development">To be judged by.</param>
/// <param name="Classes">How many there are, by the labels of the former.</param>
internal sealed record PlainTexts(IReadOnlyList<(long[] Ids, long Class)> Training, IReadOnlyList<(long[] Ids, long Class)> Development, int Classes)
{
    /// <summary>Reads both tables.</summary>
    /// <exception cref="InvalidDataException">A table can't be read, or the second one has a label that the first one lacks.</exception>
    public static PlainTexts Read(string training, string development, TableColumns columns, bool hasHeader, ElectraTokenizer tokenizer, int maxLength)
    {
        var options = new ReadingOptions { HasHeader = hasHeader };
        IReadOnlyList<TextExample> learned = Examples(training), judged = Examples(development);
        string[] classes = [.. learned.Select(example => example.Labels[0]).Distinct().Order(StringComparer.Ordinal)];
        return new PlainTexts(Encode(learned), Encode(judged), classes.Length);

        IReadOnlyList<TextExample> Examples(string path) => TextTable.Read(path, columns, options, LabelKind.SingleLabel).Set.Examples;

        (long[], long)[] Encode(IReadOnlyList<TextExample> examples) => [.. examples.Select(example =>
        {
            int known = Array.IndexOf(classes, example.Labels[0]);
            if (known < 0) throw new InvalidDataException($"'{development}' has the label '{example.Labels[0]}', which '{training}' lacks.");
            TokenizedText text = tokenizer.Encode(example.Text, options: new EncodingOptions { MaxLength = maxLength });
            return (text.Ids.Select(id => (long)id).ToArray(), (long)known);
        })];
    }
}

using Electra.FineTuning;
using Electra.Samples.Pretrain.Corpus;
using Electra.Samples.Pretrain.Options;

namespace Electra.Samples.FineTune.Tasks;

/// <summary>
/// A labelled set that every machine with the .NET SDK has: paragraphs of its reference documentation, each with the part of the platform that its
/// type belongs to. All paragraphs of a type are on one side of the split, and no paragraph occurs twice.
/// </summary>
internal static class PlatformSummaries
{
    private const int Parts = 12, MostOfAPart = 500, MostOfAType = 6, FewestWords = 5, DevShare = 5;

    /// <summary>The task.</summary>
    /// <exception cref="UsageException">The SDK's documentation is not there.</exception>
    public static TextClassificationTask Task()
    {
        SdkDocumentation documentation = SdkDocumentation.Find() ?? throw new UsageException(
            "The .NET SDK's reference documentation was not found on this machine; give examples of your own: --train, --dev, --text and --label.");
        (List<TextExample> train, List<TextExample> dev) = Examples(documentation);
        return new TextClassificationTask("part of .NET", LabelKind.SingleLabel, new("the SDK's documentation", train, []), [("held-out types", new("the SDK's documentation", dev, []))])
        {
            Metrics = [TextMetric.Accuracy, TextMetric.MacroF1],
            UsualEpochs = 5,
        };
    }

    /// <summary>Paragraphs of the parts that have most types: those to learn from, and those of every fifth type.</summary>
    public static (List<TextExample> Train, List<TextExample> Dev) Examples(SdkDocumentation documentation)
    {
        (string Type, IReadOnlyList<string> Lines)[] types = [.. documentation.ReadTypes().OrderBy(type => type.Type, StringComparer.Ordinal)];
        HashSet<string> parts = [.. types.CountBy(type => PartOf(type.Type)).Where(part => part.Key.Length > 0)
            .OrderByDescending(part => part.Value).ThenBy(part => part.Key, StringComparer.Ordinal).Take(Parts).Select(part => part.Key)];
        List<TextExample> train = [], dev = [];
        foreach (IGrouping<string, (string Type, IReadOnlyList<string> Lines)> part in types.GroupBy(type => PartOf(type.Type)).Where(part => parts.Contains(part.Key)))
        {
            (string, IReadOnlyList<string> Lines)[] own = [.. part.Select(type => (type.Type, (IReadOnlyList<string>)[.. type.Lines.Where(line => line.Count(c => c == ' ') >= FewestWords).Take(MostOfAType)]))];
            IEnumerable<TextExample> Of(bool isDev) => own.Where((_, i) => i % DevShare == DevShare - 1 == isDev)
                .SelectMany(type => type.Lines.Select(line => new TextExample(line) { Labels = [part.Key] }));
            train.AddRange(Spread([.. Of(isDev: false)], MostOfAPart));
            dev.AddRange(Spread([.. Of(isDev: true)], MostOfAPart / DevShare));
        }

        return (train, dev);
    }

    // So many of them, from all over the part.
    private static IEnumerable<TextExample> Spread(TextExample[] examples, int most) =>
        examples.Length <= most ? examples : Enumerable.Range(0, most).Select(i => examples[(long)i * examples.Length / most]);

    // The first two names: System.Net, Microsoft.AspNetCore, ...
    private static string PartOf(string type)
    {
        string[] names = type.Split('.');
        return names.Length > 2 ? $"{names[0]}.{names[1]}" : "";
    }
}

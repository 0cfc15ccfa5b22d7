using System.Globalization;
using System.Text.Json.Serialization;

namespace Electra.Data;

/// <summary>
/// What a corpus is known by: the content of its files, of large ones in samples, and how they are read. Names, places, times and order do
/// not count, so text that was copied again or moved is the same. To be kept in <see cref="TokenShardBuilderOptions.Corpus"/>, so that
/// a program can tell whether its shards still belong to what it is asked for.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CorpusIdentity
{
    private const int Named = 5;

    /// <summary>The files.</summary>
    public required IReadOnlyList<CorpusFileIdentity> Files { get; init; }

    /// <summary>What decides, beside the files, what is made of them, by name.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Looks at the files. Reads at most 512 KB of each, in eight places.</summary>
    /// <param name="files">What <see cref="CorpusFiles.Find"/> finds.</param>
    /// <param name="options">How they are read.</param>
    public static CorpusIdentity Of(IEnumerable<string> files, CorpusOptions? options = null)
    {
        options ??= new CorpusOptions();
        return new CorpusIdentity
        {
            Files = [.. files.Select(CorpusFileIdentity.Of)],
            Settings = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                [nameof(options.TextField)] = options.TextField,
                [nameof(options.OneDocumentPerLine)] = Text(options.OneDocumentPerLine),
                [nameof(options.SkipMalformed)] = Text(options.SkipMalformed),
                [nameof(options.MaximumDocumentCharacters)] = Text(options.MaximumDocumentCharacters),
                [nameof(options.MaximumLineBytes)] = Text(options.MaximumLineBytes),
            },
        };
    }

    /// <summary>The same with one setting more, such as the vocabulary that a program learns from the text.</summary>
    public CorpusIdentity With(string name, string value) => this with
    {
        Settings = new SortedDictionary<string, string>(Settings.ToDictionary(), StringComparer.Ordinal) { [name] = value },
    };

    /// <summary>What is not as it was, in words: altered, new and gone files, and settings. Empty for the same corpus.</summary>
    /// <param name="before">What the corpus was.</param>
    public IReadOnlyList<string> DifferencesFrom(CorpusIdentity before)
    {
        ILookup<(long, string), string> now = ByContent(this), then = ByContent(before);
        string[] added = Surplus(now, then), gone = Surplus(then, now), altered = [.. added.Intersect(gone)];
        List<string> differences =
        [
            .. Listed("altered", altered), .. Listed("new", [.. added.Except(altered)]), .. Listed("gone", [.. gone.Except(altered)]),
        ];
        foreach (string name in Settings.Keys.Union(before.Settings.Keys).Order(StringComparer.Ordinal))
        {
            string value = Settings.GetValueOrDefault(name, "not given"), old = before.Settings.GetValueOrDefault(name, "not given");
            if (value != old) differences.Add($"{name} is {value}, but was {old}");
        }

        return differences;
    }

    private static IEnumerable<string> Listed(string what, string[] files)
    {
        string more = files.Length > Named ? $", ... ({files.Length:N0} in all)" : "";
        if (files.Length > 0) yield return $"{what}: {string.Join(", ", files.Take(Named))}{more}";
    }

    private static string Text(IConvertible value) => value.ToString(CultureInfo.InvariantCulture);

    private static ILookup<(long, string), string> ByContent(CorpusIdentity corpus) =>
        corpus.Files.ToLookup(file => (file.Bytes, file.Hash), file => file.Name);

    /// <summary>The names of files that one corpus has and the other has not, or not as often.</summary>
    private static string[] Surplus(ILookup<(long, string), string> one, ILookup<(long, string), string> other) =>
        [.. one.SelectMany(same => same.Skip(other[same.Key].Count())).Order(StringComparer.Ordinal)];
}

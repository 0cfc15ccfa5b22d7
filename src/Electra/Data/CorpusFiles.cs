using System.Globalization;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;

namespace Electra.Data;

/// <summary>
/// Finds corpus files and opens them by their extension: <c>.txt</c>, <c>.jsonl</c>, <c>.parquet</c>, each plain or with <c>.gz</c> or
/// <c>.zst</c> after it.
/// </summary>
public static class CorpusFiles
{
    private const string Extensions = ".txt, .jsonl or .parquet, each plain or with .gz or .zst after it";
    private static readonly string[] AnyFile = ["*"];
    private static readonly string[] Everything = ["**", "*"];

    /// <summary>
    /// The files that names, folders and globs stand for. A folder gives all corpus files in and below it; a glob knows <c>*</c>, <c>?</c>
    /// and <c>**</c> (any depth of folders). The order is that of the inputs and, within a folder or glob, ordinal by path, so it is
    /// the same on every machine; a file found twice is given once, where it came first.
    /// </summary>
    /// <exception cref="ArgumentException">A file or folder is missing, nothing matches, or a file's extension is unknown.</exception>
    public static IReadOnlyList<string> Expand(IEnumerable<string> inputs)
    {
        var files = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string input in inputs)
        {
            foreach (string file in ExpandOne(input))
            {
                if (seen.Add(Path.GetFullPath(file))) files.Add(file);
            }
        }

        if (files.Count == 0) throw new ArgumentException("No corpus file was given: name files, folders or globs.", nameof(inputs));
        return files;
    }

    /// <summary>One source over all files that <see cref="Expand"/> finds.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Expand"/>.</exception>
    public static IDocumentSource Open(IEnumerable<string> inputs, CorpusOptions? options = null) =>
        new CompositeDocumentSource(Expand(inputs).Select(file => OpenFile(file, options)));

    /// <summary>The source for one file, chosen by its extension.</summary>
    /// <exception cref="ArgumentException">The extension is unknown.</exception>
    public static IDocumentSource OpenFile(string path, CorpusOptions? options = null) => KindOf(path) switch
    {
        ".txt" => new TextDocumentSource(path, options),
        ".jsonl" => new JsonLinesDocumentSource(path, options),
        ".parquet" => new ParquetDocumentSource(path, options),
        _ => throw new ArgumentException($"'{path}' has an unknown extension: expected {Extensions}.", nameof(path)),
    };

    /// <summary>
    /// A hash over the names, sizes and times of change of the files that <see cref="Expand"/> finds and over how they are read: equal
    /// as long as nobody touched them. To be kept in <see cref="TokenShardBuilderOptions.CorpusFingerprint"/>, so that a program can
    /// tell whether its shards are up to date.
    /// </summary>
    /// <exception cref="ArgumentException">As for <see cref="Expand"/>.</exception>
    public static string Fingerprint(IEnumerable<string> inputs, CorpusOptions? options = null)
    {
        var text = new StringBuilder((options ?? new CorpusOptions()).ToString());
        foreach (string path in Expand(inputs))
        {
            var file = new FileInfo(path);
            text.Append(CultureInfo.InvariantCulture, $"\n{file.FullName}\0{file.Length}\0{file.LastWriteTimeUtc.Ticks}");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string KindOf(string path) => Path.GetExtension(CorpusStream.WithoutCompression(path)).ToLowerInvariant();

    private static bool IsCorpusFile(string path) => KindOf(path) is ".txt" or ".jsonl" or ".parquet";

    private static List<string> ExpandOne(string input)
    {
        if (IsCorpusFile(input) && File.Exists(input)) return [input];
        if (File.Exists(input)) throw new ArgumentException($"'{input}' has an unknown extension: expected {Extensions}.");
        if (Directory.Exists(input)) return Matching(input, [], Search(input, Everything));
        if (input.AsSpan().IndexOfAny('*', '?') < 0)
            throw new ArgumentException($"'{input}' does not exist: name a file, a folder or a glob.");

        string[] parts = input.Replace('\\', '/').Split('/');
        int literal = Array.FindIndex(parts, part => part.AsSpan().IndexOfAny('*', '?') >= 0);
        string root = literal == 0 ? "." : string.Join('/', parts[..literal]);
        return Matching(input, parts, Search(root.Length == 0 ? "/" : root, parts.AsMemory(literal)));
    }

    private static List<string> Matching(string input, string[] pattern, IEnumerable<string> found)
    {
        List<string> all = [.. found.Distinct(StringComparer.Ordinal)];
        List<string> files = [.. all.Where(IsCorpusFile).Order(StringComparer.Ordinal)];
        if (files.Count > 0) return files;
        string what = pattern.Length == 0 ? "The folder" : "The glob";
        string others = all.Count == 0 ? "no file" : $"{all.Count:N0} files, but none with a known extension";
        throw new ArgumentException($"{what} '{input}' holds {others}: expected {Extensions}.");
    }

    private static IEnumerable<string> Search(string folder, ReadOnlyMemory<string> pattern)
    {
        if (!Directory.Exists(folder)) return [];
        string first = pattern.Span[0];
        ReadOnlyMemory<string> rest = pattern[1..];
        if (first == "**")
        {
            ReadOnlyMemory<string> here = rest.Length == 0 ? AnyFile : rest;
            return Search(folder, here).Concat(Directory.EnumerateDirectories(folder).SelectMany(below => Search(below, pattern)));
        }

        return rest.Length == 0
            ? Directory.EnumerateFiles(folder).Where(file => Matches(first, file)).Select(Tidy)
            : Directory.EnumerateDirectories(folder).Where(below => Matches(first, below)).SelectMany(below => Search(below, rest));
    }

    private static bool Matches(string pattern, string path) =>
        FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path.AsSpan()), ignoreCase: OperatingSystem.IsWindows());

    private static string Tidy(string path) => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
}

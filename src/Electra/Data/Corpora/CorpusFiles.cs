namespace Electra.Data;

/// <summary>
/// Finds corpus files and opens them by their extension: <c>.txt</c>, JSON Lines as <c>.jsonl</c>, <c>.ndjson</c> or <c>.json</c>, and
/// <c>.parquet</c>, each plain or with <c>.gz</c> or <c>.zst</c> after it.
/// </summary>
public static class CorpusFiles
{
    private const string Extensions = ".txt, .jsonl (or .ndjson, .json) or .parquet, each plain or with .gz or .zst after it";
    private static readonly string[] Everything = ["**", "*"];

    /// <summary>
    /// The files that names, folders and globs stand for. A folder gives all corpus files in and below it; a glob knows <c>*</c>, <c>?</c>
    /// and <c>**</c> (any depth of folders). The order is that of the inputs and, within a folder or glob, ordinal by path, so it is
    /// the same on every machine. Links are followed; a file found under several names is given once, where it came first. Hidden
    /// files and folders (a leading dot) are left out, unless the glob has the dot too, and so are folders that hold a run or a model,
    /// with all their vocabularies and logs. A file that is named itself is always read.
    /// </summary>
    /// <param name="inputs">Names, folders and globs.</param>
    /// <param name="outputFolder">A folder that a run is about to be written to, left out even before it holds one; null: none.</param>
    /// <exception cref="ArgumentException">A file or folder is missing, nothing matches, or a file's extension is unknown.</exception>
    public static CorpusFileList Find(IEnumerable<string> inputs, string? outputFolder = null)
    {
        var files = new List<string>();
        var leftOut = new List<LeftOutFile>();
        var seen = new HashSet<string>(RealPath.Comparer);
        foreach (string input in inputs)
        {
            foreach ((string file, string realPath) in FindOne(input, outputFolder, leftOut))
            {
                if (seen.Add(realPath)) files.Add(file);
            }
        }

        if (files.Count == 0) throw new ArgumentException("No corpus file was given: name files, folders or globs.", nameof(inputs));
        return new CorpusFileList(files, [.. leftOut.DistinctBy(file => file.Path)]);
    }

    /// <summary>The files alone that <see cref="Find"/> finds.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Find"/>.</exception>
    public static IReadOnlyList<string> Expand(IEnumerable<string> inputs) => Find(inputs).Files;

    /// <summary>One source over all files that <see cref="Find"/> finds.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Find"/>.</exception>
    public static IDocumentSource Open(IEnumerable<string> inputs, CorpusOptions? options = null) =>
        new CompositeDocumentSource(Expand(inputs).Select(file => OpenFile(file, options)));

    /// <summary>The source for one file, chosen by its extension.</summary>
    /// <exception cref="ArgumentException">The extension is unknown.</exception>
    public static IDocumentSource OpenFile(string path, CorpusOptions? options = null) => KindOf(path) switch
    {
        ".txt" => new TextDocumentSource(path, options),
        ".jsonl" or ".ndjson" or ".json" => new JsonLinesDocumentSource(path, options),
        ".parquet" => new ParquetDocumentSource(path, options),
        _ => throw new ArgumentException($"'{path}' has an unknown extension: expected {Extensions}.", nameof(path)),
    };

    /// <summary>How a file is read, as its extension says; extensions that mean the same give the same.</summary>
    internal static string FormOf(string path) =>
        (KindOf(path) is ".ndjson" or ".json" ? ".jsonl" : KindOf(path)) + (CorpusStream.IsCompressed(path) ? Path.GetExtension(path).ToLowerInvariant() : "");

    /// <summary>The extension that decides how a file is read.</summary>
    internal static string KindOf(string path) => Path.GetExtension(CorpusStream.WithoutCompression(path)).ToLowerInvariant();

    private static bool IsCorpusFile(string path) => KindOf(path) is ".txt" or ".jsonl" or ".ndjson" or ".json" or ".parquet";

    private static IEnumerable<(string Path, string RealPath)> FindOne(string input, string? outputFolder, List<LeftOutFile> leftOut)
    {
        if (File.Exists(input))
        {
            return IsCorpusFile(input)
                ? [(input, RealPath.Of(input)!)]
                : throw new ArgumentException($"'{input}' has an unknown extension: expected {Extensions}.");
        }

        (string folder, string[] pattern) = (input, Everything);
        if (!Directory.Exists(input)) (folder, pattern) = Glob(input);
        var search = new CorpusSearch(IsCorpusFile, outputFolder);
        if (search.Refusal(folder) is string refusal)
        {
            throw new ArgumentException(
                $"'{input}' is in a folder {refusal}, so its files are not taken for text. Name another folder, or the files themselves.");
        }

        if (Directory.Exists(folder)) search.Search(folder, pattern);
        leftOut.AddRange(search.LeftOut);
        if (search.Found.Count > 0) return search.Found.OrderBy(file => file.Path, StringComparer.Ordinal);
        string what = pattern == Everything ? "The folder" : "The glob";
        string others = leftOut.Count == 0 ? "" : $" to read; left out: {new CorpusFileList([], search.LeftOut).DescribeLeftOut()}";
        throw new ArgumentException($"{what} '{input}' holds no file{others}. Expected {Extensions}.");
    }

    /// <summary>The folder in front of a glob, and the parts of the glob.</summary>
    private static (string Folder, string[] Pattern) Glob(string input)
    {
        string[] parts = input.Replace('\\', '/').Split('/');
        int literal = Array.FindIndex(parts, part => part.AsSpan().IndexOfAny('*', '?') >= 0);
        if (literal < 0) throw new ArgumentException($"'{input}' does not exist: name a file, a folder or a glob.");
        string folder = literal == 0 ? "." : string.Join('/', parts[..literal]) + '/';
        string[] pattern = [.. parts[literal..].Where(part => part.Length > 0)];
        return (folder, pattern[^1] == "**" ? [.. pattern, "*"] : pattern);
    }
}

using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Electra.Pretraining;

/// <summary>Reads minimal pairs from JSON Lines, in a file, a folder or a zip archive.</summary>
internal static class MinimalPairFiles
{
    private const string Extension = ".jsonl";

    /// <summary>All pairs in the order of the files' names.</summary>
    /// <exception cref="FileNotFoundException">There is nothing at the path.</exception>
    /// <exception cref="InvalidDataException">It can't be read.</exception>
    public static IEnumerable<(string Paradigm, string Phenomenon, MinimalPair Pair)> Read(string path)
    {
        if (Directory.Exists(path))
        {
            return Directory.EnumerateFiles(path, $"*{Extension}", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .SelectMany(file => ReadFile(file, file, () => File.OpenRead(file)));
        }

        if (!File.Exists(path)) throw new FileNotFoundException($"'{path}' does not exist: name a {Extension} file, a folder or a .zip of them.", path);
        return string.Equals(Path.GetExtension(path), ".zip", StringComparison.OrdinalIgnoreCase)
            ? ReadArchive(path)
            : ReadFile(path, path, () => File.OpenRead(path));
    }

    private static IEnumerable<(string Paradigm, string Phenomenon, MinimalPair Pair)> ReadArchive(string path)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        foreach (ZipArchiveEntry entry in archive.Entries.OrderBy(entry => entry.FullName, StringComparer.Ordinal))
        {
            // macOS puts a file of its own beside each
            if (entry.Name.StartsWith('.') || !entry.Name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase)) continue;
            foreach (var pair in ReadFile($"{path}, {entry.FullName}", entry.Name, entry.Open)) yield return pair;
        }
    }

    private static IEnumerable<(string Paradigm, string Phenomenon, MinimalPair Pair)> ReadFile(string source, string name, Func<Stream> open)
    {
        using var lines = new StreamReader(open());
        string paradigm = Path.GetFileNameWithoutExtension(name);
        for (int number = 1; lines.ReadLine() is string line; number++)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            Line read = Parse(line, $"{source}: line {number}");
            string uid = read.Uid ?? paradigm;
            yield return (uid, read.Phenomenon ?? uid, new MinimalPair(read.Good, read.Bad));
        }
    }

    private static Line Parse(string line, string where)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(line, Strict) ?? throw new JsonException("it is null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{where} is no minimal pair: {error.Message}", error);
        }
    }

    private static readonly JsonSerializerOptions Strict = new() { RespectNullableAnnotations = true };

    private sealed record Line
    {
        [JsonPropertyName("sentence_good")]
        public required string Good { get; init; }

        [JsonPropertyName("sentence_bad")]
        public required string Bad { get; init; }

        [JsonPropertyName("UID")]
        public string? Uid { get; init; }

        [JsonPropertyName("linguistics_term")]
        public string? Phenomenon { get; init; }
    }
}

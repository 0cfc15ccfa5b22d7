using System.Security.Cryptography;
using System.Text.Json;
using Electra.Files;

namespace Electra.Training;

/// <summary>The lengths and SHA-256 hashes of a checkpoint's files, so that one altered bit or a lost tail is found.</summary>
internal static class CheckpointManifest
{
    public const string FileName = "manifest.json";

    private sealed record Entry(long Length, string Sha256);

    /// <summary>Writes the manifest of all files in the folder; the last file of a checkpoint.</summary>
    public static void Write(string folder)
    {
        var entries = new SortedDictionary<string, Entry>(StringComparer.Ordinal);
        foreach (string path in Directory.GetFiles(folder)) entries[Path.GetFileName(path)] = Describe(path);
        FileSync.WriteFile(Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, entries));
    }

    /// <summary>Compares the folder's files with its manifest.</summary>
    /// <exception cref="InvalidDataException">A file is missing or altered; the message names it.</exception>
    public static void Verify(string folder)
    {
        foreach ((string name, Entry expected) in Read(Path.Combine(folder, FileName)))
        {
            string path = Path.Combine(folder, name);
            if (!File.Exists(path)) throw new InvalidDataException($"'{path}', which {FileName} lists, is missing.");
            long length = new FileInfo(path).Length;
            if (length != expected.Length)
            {
                throw new InvalidDataException($"'{path}' has {length} bytes; {FileName} says {expected.Length}.");
            }

            if (Describe(path) != expected) throw new InvalidDataException($"'{path}' does not match its SHA-256 in {FileName}.");
        }
    }

    private static Dictionary<string, Entry> Read(string path)
    {
        if (!File.Exists(path)) throw new InvalidDataException($"'{path}' is missing.");
        try
        {
            var entries = JsonSerializer.Deserialize<Dictionary<string, Entry>>(File.ReadAllBytes(path));
            if (entries is { Count: > 0 } && !entries.ContainsValue(null!)) return entries;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"'{path}' is not valid JSON: {error.Message}", error);
        }

        throw new InvalidDataException($"'{path}' lists no files.");
    }

    private static Entry Describe(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return new Entry(stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}

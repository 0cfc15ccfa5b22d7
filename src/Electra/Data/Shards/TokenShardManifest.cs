using System.Text.Json;
using System.Text.Json.Serialization;
using Electra.Files;

namespace Electra.Data;

/// <summary>
/// The file <c>shards.json</c> of a folder of token shards. It is written last, so a folder that has it is complete; one without it is
/// never opened.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TokenShardManifest
{
    /// <summary>The manifest's name inside the folder.</summary>
    public const string FileName = "shards.json";

    private const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The version of the folder's layout.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The vocabulary that the ids belong to.</summary>
    public required ShardVocabulary Vocabulary { get; init; }

    /// <summary>The documents in all shards, one in pieces counted once; those without any token were left out.</summary>
    public required long Documents { get; init; }

    /// <summary>The lines in all shards.</summary>
    public required long Lines { get; init; }

    /// <summary>The token ids in all shards.</summary>
    public required long Tokens { get; init; }

    /// <summary>The UTF-16 characters of the text that was tokenized.</summary>
    public required long Characters { get; init; }

    /// <summary>The records of the corpus that could not be read and were skipped.</summary>
    public required long Malformed { get; init; }

    /// <summary>What corpus the shards were made of; null when the program that wrote them gave nothing.</summary>
    public CorpusIdentity? Corpus { get; init; }

    /// <summary>What earlier versions wrote instead of <see cref="Corpus"/>: path, length and time of each file, hashed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CorpusFingerprint { get; init; }

    /// <summary>The shards in reading order.</summary>
    public required IReadOnlyList<TokenShardEntry> Shards { get; init; }

    /// <summary>Whether the folder holds a complete set of shards.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>Reads the manifest of a folder.</summary>
    /// <exception cref="InvalidDataException">
    /// There is none, because nothing was written there or the writing did not finish, or it is damaged.
    /// </exception>
    public static TokenShardManifest Load(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"{folder}: there is no {FileName}, so this is no folder of token shards " +
                "or its writing was interrupted. Write the shards again.");
        }

        try
        {
            TokenShardManifest? manifest = JsonSerializer.Deserialize<TokenShardManifest>(File.ReadAllBytes(path), Json);
            if (manifest is null) throw new JsonException("it holds null");
            if (manifest.Version != CurrentVersion)
                throw new JsonException($"the version is {manifest.Version}, but {CurrentVersion} was expected");
            manifest.Vocabulary.Validate();
            if (manifest.Shards.Any(shard => shard is null)) throw new JsonException("a shard is null");
            if (manifest.Shards.Any(shard => Path.GetFileName(shard.File) != shard.File))
                throw new JsonException("a shard lies outside the folder");
            return manifest;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: the manifest cannot be used ({exception.Message}). Write them again.", exception);
        }
    }

    /// <summary>Writes the manifest in one step, replacing an older one.</summary>
    internal void Save(string folder) =>
        FileSync.ReplaceFile(Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, this, Json));
}

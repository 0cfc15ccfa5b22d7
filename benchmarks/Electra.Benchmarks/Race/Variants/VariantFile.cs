using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Benchmarks.CommandLine;
using Electra.Configuration;
using Electra.Data;
using Electra.Pretraining;

namespace Electra.Benchmarks.Race.Variants;

/// <summary>Reads the variants of a race.</summary>
internal static class VariantFile
{
    private static readonly string[] Keys = ["name", "model", "config", "options"];

    private static readonly string[] OfTheRace =
    [
        nameof(PretrainingOptions.Seed), nameof(PretrainingOptions.TrainSteps), nameof(PretrainingOptions.Budget), nameof(PretrainingOptions.OutputFolder),
        nameof(PretrainingOptions.Resume), nameof(PretrainingOptions.EvaluateEvery), nameof(PretrainingOptions.SaveEvery),
        $"{nameof(PretrainingOptions.Model)}.{nameof(PretrainingModelOptions.Seed)}", $"{nameof(PretrainingOptions.Data)}.{nameof(DataOptions.Seed)}",
        $"{nameof(PretrainingOptions.Data)}.{nameof(DataOptions.HeldOutFraction)}", $"{nameof(PretrainingOptions.Data)}.{nameof(DataOptions.HeldOutDocuments)}",
    ];

    /// <summary>Reads a file.</summary>
    /// <exception cref="UsageException">It is missing or wrong; names the variant.</exception>
    public static IReadOnlyList<Variant> Read(string path)
    {
        if (!File.Exists(path)) throw new UsageException($"--variants '{path}' does not exist.");
        return Parse(File.ReadAllText(path), path);
    }

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="UsageException">As <see cref="Read"/>.</exception>
    public static IReadOnlyList<Variant> Parse(string json, string path)
    {
        JsonNode? list;
        try
        {
            list = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false });
        }
        catch (JsonException error)
        {
            throw new UsageException($"--variants '{path}' is no JSON: {error.Message}");
        }

        if (list is not JsonArray { Count: > 0 } items) throw new UsageException($"--variants '{path}' must be a JSON list of variants; see race --help.");
        Variant[] variants = [.. items.Index().Select(item => Parse(item.Item, $"--variants '{path}', variant {item.Index + 1}"))];
        string? twice = variants.GroupBy(variant => variant.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1)?.Key;
        return twice is null ? variants : throw new UsageException($"--variants '{path}' has two variants called '{twice}'.");
    }

    private static Variant Parse(JsonNode? item, string where)
    {
        if (item is not JsonObject fields) throw new UsageException($"{where} is no JSON object.");
        string name = Text(fields, "name", where);
        bool fitsFolder = name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+') && char.IsAsciiLetterOrDigit(name[0]);
        if (!fitsFolder || name == RaceFolders.Shards)
            throw new UsageException($"{where}: '{name}' can't be a folder's name here; use letters, digits, '-', '_', '.' and '+', and not '{RaceFolders.Shards}'.");
        where = $"{where} ('{name}')";
        if (fields.FirstOrDefault(field => !Keys.Contains(field.Key)).Key is string unknown)
            throw new UsageException($"{where} has an unknown key '{unknown}'; there are {string.Join(", ", Keys)}.");
        (ElectraConfig config, PretrainingOptions recipe) = SettingsBuilder.FindModel(Text(fields, "model", where), $"{where}: the model");
        try
        {
            return new Variant(name, Merge(config, Object(fields, "config", where), where), Merge(recipe, Object(fields, "options", where), where));
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException)
        {
            throw new UsageException(error is InvalidDataException ? error.Message : $"{where}: {error.Message}");
        }
    }

    private static ElectraConfig Merge(ElectraConfig config, JsonObject changes, string where)
    {
        JsonObject merged = JsonNode.Parse(config.ToJson())!.AsObject();
        foreach ((string key, JsonNode? value) in changes) merged[key] = value?.DeepClone();
        ElectraConfig changed = ElectraConfig.Parse(merged.ToJsonString(), $"{where}, config");
        string[] unknown = [.. changes.Select(change => change.Key).Where(key => changed.UnknownKeys?.ContainsKey(key) == true)];
        return unknown.Length == 0
            ? changed
            : throw new UsageException($"{where}, config: there is no key {string.Join(", ", unknown)} in an ELECTRA config.json.");
    }

    private static PretrainingOptions Merge(PretrainingOptions options, JsonObject changes, string where)
    {
        if (Paths(changes, "").FirstOrDefault(OfTheRace.Contains) is string path)
            throw new UsageException($"{where}, options: {path} is the race's own, the same for all variants.");
        return options.With(changes.ToJsonString(), $"{where}, options");
    }

    private static IEnumerable<string> Paths(JsonObject changes, string path) => changes.SelectMany(change =>
        Paths(change.Value as JsonObject ?? [], $"{path}{change.Key}.").Prepend(path + change.Key));

    private static string Text(JsonObject fields, string key, string where) => fields[key] is JsonValue value && value.TryGetValue(out string? text)
        ? text
        : throw new UsageException($"{where} needs a text \"{key}\".");

    private static JsonObject Object(JsonObject fields, string key, string where) => fields[key] switch
    {
        null => [],
        JsonObject value => value,
        _ => throw new UsageException($"{where}: \"{key}\" must be a JSON object."),
    };
}

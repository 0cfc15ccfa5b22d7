using System.Text.Json;
using System.Text.Json.Nodes;
using Electra.Configuration;
using Electra.Pretraining;

namespace Electra.Samples.Pretrain.Options;

/// <summary>Keeps under the output folder what a run began with, so that it goes on when that is gone.</summary>
internal static class StartFile
{
    /// <summary>Its name.</summary>
    public const string Name = "start.json";

    /// <summary>Writes it in one step.</summary>
    public static void Write(string path, StartPlan plan)
    {
        var json = new JsonObject
        {
            ["from"] = Path.GetFullPath(plan.From),
            ["from_generator"] = plan.Generator is null ? null : Path.GetFullPath(plan.Generator),
            ["from_heads"] = plan.Heads,
            ["kind"] = plan.Kind.ToString(),
            ["config"] = JsonNode.Parse(plan.Config.ToJson()),
            ["generator_config"] = plan.GeneratorConfig is null ? null : JsonNode.Parse(plan.GeneratorConfig.ToJson()),
            ["model"] = JsonNode.Parse(new PretrainingOptions { Model = plan.Model }.ToJson())![nameof(PretrainingOptions.Model)]!.DeepClone(),
            ["options"] = plan.Saved is null ? null : JsonNode.Parse(plan.Saved.ToJson()),
            ["vocabulary"] = plan.VocabularyHash,
            ["step"] = plan.Step,
        };
        string partial = path + ".partial";
        File.WriteAllText(partial, json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="UsageException">It is not readable, or the run began with something else than was typed.</exception>
    public static StartPlan Read(string path, PretrainArguments arguments)
    {
        try
        {
            JsonObject json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            string from = json["from"]!.GetValue<string>();
            string? generator = json["from_generator"]?.GetValue<string>();
            if (from != Path.GetFullPath(arguments.From!) || generator != (arguments.FromGenerator is null ? null : Path.GetFullPath(arguments.FromGenerator)))
            {
                throw new UsageException($"The run in '{arguments.Output}' began from '{from}'{(generator is null ? "" : $" and '{generator}'")}, not from what is typed now. "
                    + "Type the same again to go on with it; name another --output, or add --resume never, to start anew.");
            }

            return new StartPlan
            {
                From = arguments.From!,
                Generator = arguments.FromGenerator,
                Heads = json["from_heads"]?.GetValue<int>(),
                Kind = Enum.Parse<PretrainingSourceKind>(json["kind"]!.GetValue<string>()),
                Config = ElectraConfig.Parse(json["config"]!.ToJsonString(), path),
                GeneratorConfig = json["generator_config"] is { } config ? ElectraConfig.Parse(config.ToJsonString(), path) : null,
                Model = new PretrainingOptions().With(new JsonObject { [nameof(PretrainingOptions.Model)] = json["model"]!.DeepClone() }.ToJsonString(), path).Model,
                Saved = json["options"] is { } options ? PretrainingOptions.Parse(options.ToJsonString(), path) : null,
                VocabularyHash = json["vocabulary"]!.GetValue<string>(),
                Step = json["step"]?.GetValue<long>(),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or InvalidOperationException or NullReferenceException or ArgumentException)
        {
            throw new UsageException($"'{path}' is damaged ({exception.Message.ReplaceLineEndings(" ")}), so the run can't go on. Name another --output, or add --resume never.");
        }
    }
}

using Electra.Configuration;
using Electra.Inference;
using Electra.Samples.Pretrain.Options;
using Electra.Samples.Serve.Batching;
using Electra.Samples.Serve.Limits;
using Electra.Samples.Serve.Models;

namespace Electra.Samples.Serve.Options;

/// <summary>Checks what was typed and looks what folders hold; loads nothing.</summary>
internal static class PlanBuilder
{
    private static readonly string[] EmbeddingFiles = ["modules.json", "embedding.json"];

    /// <summary>The plan.</summary>
    /// <exception cref="UsageException">It can't be done; says what to do instead.</exception>
    public static ServePlan Build(ServeArguments arguments)
    {
        if (Problems(arguments).FirstOrDefault() is string problem) throw new UsageException(problem);
        ModelPlan[] models = [.. arguments.Models.Select(typed => Model(ModelArgument.Parse(typed), arguments.Runtime))];
        if (models.GroupBy(model => model.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new UsageException($"Two models are called {twice.Key}: give them names, as one={models[0].Folder}.");
        return new ServePlan
        {
            Models = models,
            Listen = arguments.Listen,
            Batches = new BatchOptions(TimeSpan.FromMilliseconds(arguments.Window), arguments.BatchTokens, arguments.MaxQueue),
            Limits = new RequestLimits { TextLength = arguments.MaxText, Texts = arguments.MaxTexts, BodyBytes = arguments.MaxBody },
            Drain = TimeSpan.FromSeconds(arguments.Drain),
            MaxLength = arguments.MaxLength,
            Threads = arguments.Threads,
            NoAnswerThreshold = arguments.NoAnswerThreshold,
            Device = arguments.Device,
            Precision = arguments.Precision,
        };
    }

    private static IEnumerable<string> Problems(ServeArguments arguments)
    {
        if (arguments.Models.Count == 0) yield return "Name the folder of a fine-tuned model, as runs/fine-tune/seed-0/model. See --help.";
        if (!Uri.TryCreate(arguments.Listen, UriKind.Absolute, out Uri? address) || address.Scheme != "http")
            yield return $"--listen is '{arguments.Listen}'; it must be an address as http://127.0.0.1:8080.";
        else if (address.PathAndQuery != "/" || address is { Host: "localhost", Port: 0 })
            yield return $"--listen is '{arguments.Listen}'; it takes no path, and a free port (0) of an address as http://127.0.0.1:0 alone.";
        if (arguments.Window is < 0 or > 1000) yield return $"--window is {arguments.Window}; it must be from 0 to 1000 milliseconds.";
        if (arguments.Drain is < 0 or > 600) yield return $"--drain is {arguments.Drain}; it must be from 0 to 600 seconds.";
        foreach ((string name, int value) in new[]
        {
            ("--batch-tokens", arguments.BatchTokens), ("--max-queue", arguments.MaxQueue), ("--max-text", arguments.MaxText), ("--max-texts", arguments.MaxTexts),
            ("--max-body", arguments.MaxBody), ("--threads", arguments.Threads ?? 1),
        })
        {
            if (value < 1) yield return $"{name} is {value}; it must be positive.";
        }

        if (arguments.MaxLength < 4) yield return $"--max-length is {arguments.MaxLength}; it must be 4 at least.";
    }

    private static ModelPlan Model(ModelArgument typed, string runtime)
    {
        string folder = typed.Folder;
        bool hasOnnx = typed.HasOnnx;
        if (runtime == "onnx" && !hasOnnx)
            throw new UsageException($"'{folder}' has no {ModelArgument.OnnxFile}: OnnxExporter.Convert of Electra.Onnx writes one; or leave out --runtime onnx.");
        ElectraConfig config = Config(folder);
        string name = typed.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return new ModelPlan(name, folder, typed.Kind ?? KindOf(folder, config), hasOnnx && runtime != "libtorch");
    }

    private static ModelKind KindOf(string folder, ElectraConfig config)
    {
        if (EmbeddingFiles.Any(file => File.Exists(Path.Combine(folder, file)))) return ModelKind.Embed;
        return config.Architectures is [string name, ..]
            ? name switch
            {
                "ElectraForSequenceClassification" when config.ProblemType == "regression" =>
                    throw new UsageException($"'{folder}' predicts numbers, for which there is no endpoint here; samples/Predict does that."),
                "ElectraForSequenceClassification" => config.NumLabels == 1 ? ModelKind.Rerank : ModelKind.Classify,
                "ElectraForTokenClassification" => ModelKind.Tag,
                "ElectraForQuestionAnswering" => ModelKind.Answer,
                "ElectraModel" or "ElectraForPreTraining" when !File.Exists(Path.Combine(folder, Prompt.FileName)) => ModelKind.Embed,
                _ => throw new UsageException($"'{folder}' holds {name}, for which there is no endpoint here; samples/Predict may do."),
            }
            : throw new UsageException($"'{folder}' does not say what its model is: its config.json has no architectures. Say it: classify:{folder}, or tag:, answer:, embed:, rerank:.");
    }

    private static ElectraConfig Config(string folder)
    {
        try
        {
            return ElectraConfig.Load(Path.Combine(folder, "config.json"));
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException)
        {
            throw new UsageException($"'{folder}' is no folder of a model: {exception.Message}");
        }
    }
}

using System.CommandLine;
using Electra.Training;
using static Electra.Samples.Pretrain.Options.OptionKinds;

namespace Electra.Samples.Serve.Options;

/// <summary>The command line: options, their help, and how they become <see cref="ServeArguments"/>.</summary>
internal static class ServeCommand
{
    private const string Examples = """
        Examples (after: dotnet run -c Release --project samples/Serve -- ):
          runs/fine-tune/seed-0/model                        one model, at http://127.0.0.1:8080; a page to try it is there
          mood=mood-onnx names=runs/tags/seed-0/model        two, by names; a folder with model.onnx runs on ONNX Runtime, without libtorch
          ranker=rerank:runs/pairs/seed-0/model              a model of two classes whose second means relevant: say that it ranks
          mood-onnx --listen http://0.0.0.0:80 --threads 2   for other machines: only behind a proxy that knows who may ask
          mood-onnx --batch-tokens 1                         every request by itself

        What a model does is known from its folder:
          POST /classify  {"texts":["..."]}                  classes or labels; with "pairs":["..."] of pairs, with "top":3 more of them
          POST /tag       {"texts":["..."]}                  entities, and where they stand
          POST /answer    {"questions":[{"question":"...","context":"..."}]}
          POST /embed     {"texts":["..."]}                  vectors
          POST /rerank    {"query":"...","passages":["..."]}
        Where several models do the same, "model":"name" chooses. GET /models, /health/live, /health/ready, /metrics (Prometheus), /openapi/v1.json.
        OTEL_EXPORTER_OTLP_ENDPOINT sends the metrics by OTLP, too.
        Exit codes: 0 stopped, all that was accepted answered; 1 failed, 2 wrong use or unreadable folder.
        """;

    private static readonly Argument<string[]> Models = new("folders")
    {
        Description = "Fine-tuned Hugging Face or ONNX folders with tokenizer, each as [name=][kind:]folder.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> Listen = Text("--listen", "address", "Default: http://127.0.0.1:8080. Port 0: one that is free.");

    private static readonly Option<string?> Runtime = Choice("--runtime", ["auto", "onnx", "libtorch"], "auto: ONNX Runtime where the folder has model.onnx, else libtorch.");

    private static readonly Option<double?> Window = Number<double>("--window",
        "Milliseconds that a request waits for others to go through the model with. While the model is busy they gather anyway. Default: 0.");

    private static readonly Option<int?> BatchTokens = Number<int>("--batch-tokens", "Tokens of the requests that go through a model together. Default: 2048.");

    private static readonly Option<int?> MaxQueue = Number<int>("--max-queue", "Requests that may wait for a model; to others 429 is said. Default: 256.");

    private static readonly Option<int?> MaxText = Number<int>("--max-text", "Characters of a text. Default: 20000.");

    private static readonly Option<int?> MaxTexts = Number<int>("--max-texts", "Texts of a request. Default: 64.");

    private static readonly Option<int?> MaxBody = Number<int>("--max-body", "Bytes of a request. Default: 1048576.");

    private static readonly Option<double?> Drain = Number<double>("--drain",
        "Seconds between being told to stop, when /health/ready turns 503, and taking no more connections. Default: 2.");

    private static readonly Option<int?> MaxLength = Number<int>("--max-length", "Tokens of the longest sequence. Default: as fine-tuned (the tokenizer's model_max_length), at most the model's positions.");

    private static readonly Option<int?> Threads = Number<int>("--threads", "Threads that share the work of a pass. Default: all processors.");

    private static readonly Option<double?> NoAnswer = Number<double>("--no-answer-threshold",
        "A question has no answer where the score for none is above. Default: every question has one.");

    private static readonly Option<string?> Precision = Choice("--precision", ["auto", "fp32", "bf16"], "Arithmetic of libtorch. Default: fp32.");

    private static readonly Option<string?> Device = Text("--device", "auto|cpu|cuda[:n]", "Where libtorch computes. Default: cpu.");

    /// <summary>Builds the command; <paramref name="run"/> gives the exit code.</summary>
    public static RootCommand Create(Func<ServeArguments, int> run)
    {
        var command = new RootCommand("Serves fine-tuned models over HTTP: JSON in, JSON out, requests batched.")
        {
            Models, Listen, Runtime, Window, BatchTokens, MaxQueue, MaxText, MaxTexts, MaxBody, Drain, MaxLength, Threads, NoAnswer, Precision, Device,
        };
        AddExamples(command, Examples);
        command.SetAction(result => run(Read(result)));
        return command;
    }

    private static ServeArguments Read(ParseResult result)
    {
        var defaults = new ServeArguments();
        return new ServeArguments
        {
            Models = result.GetValue(Models) ?? [],
            Listen = result.GetValue(Listen) ?? defaults.Listen,
            Runtime = result.GetValue(Runtime) ?? defaults.Runtime,
            Window = result.GetValue(Window) ?? defaults.Window,
            BatchTokens = result.GetValue(BatchTokens) ?? defaults.BatchTokens,
            MaxQueue = result.GetValue(MaxQueue) ?? defaults.MaxQueue,
            MaxText = result.GetValue(MaxText) ?? defaults.MaxText,
            MaxTexts = result.GetValue(MaxTexts) ?? defaults.MaxTexts,
            MaxBody = result.GetValue(MaxBody) ?? defaults.MaxBody,
            Drain = result.GetValue(Drain) ?? defaults.Drain,
            MaxLength = result.GetValue(MaxLength),
            Threads = result.GetValue(Threads),
            NoAnswerThreshold = result.GetValue(NoAnswer),
            Device = result.GetValue(Device) ?? defaults.Device,
            Precision = result.GetValue(Precision) switch
            {
                "auto" => TrainingPrecision.Auto,
                "bf16" => TrainingPrecision.BFloat16,
                _ => defaults.Precision,
            },
        };
    }
}

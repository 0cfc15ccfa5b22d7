using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Electra.Inference;
using Electra.Modeling;
using Electra.Onnx;
using Electra.Samples.Serve;
using Electra.Samples.Serve.Batching;
using Electra.Samples.Serve.Limits;
using Electra.Samples.Serve.Models;
using Electra.Samples.Serve.Options;
using Electra.Tests.FineTuning;
using Electra.Tests.Onnx;
using Electra.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace Electra.Tests.Serving;

/// <summary>The service on a free port of this machine, with a client.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly WebApplication _application;

    private RunningService(WebApplication application)
    {
        _application = application;
        Client = new HttpClient { BaseAddress = new Uri(application.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public static async Task<RunningService> Start(ServePlan plan, bool untilReady = true)
    {
        WebApplication application = ServeApplication.Build(plan);
        await application.StartAsync();
        var service = new RunningService(application);
        while (untilReady && !(await service.Client.GetAsync("/health/ready")).IsSuccessStatusCode)
        {
            ((ModelHost)application.Services.GetService(typeof(ModelHost))!).ThrowIfFailed();
            await Task.Delay(20);
        }

        return service;
    }

    /// <summary>A plan with limits that tests can reach.</summary>
    public static ServePlan Plan(params ModelPlan[] models) => new()
    {
        Models = models,
        Listen = "http://127.0.0.1:0",
        Batches = new BatchOptions(TimeSpan.FromMilliseconds(2), MaxTokens: 256, MaxWaiting: 100),
        Limits = new RequestLimits { TextLength = 500, Texts = 8, BodyBytes = 20_000 },
        Drain = TimeSpan.Zero,
        Threads = 1,
    };

    /// <summary>A model of each kind on ONNX Runtime, and a second classifier on libtorch.</summary>
    public static ModelPlan[] Models(TemporaryFolder folder)
    {
        string mood = TinyHead.Write<ElectraForSequenceClassification>(folder, config => config.WithLabels(3)), vectors = folder.File("vectors");
        using (TextEmbedder embedder = TextEmbedder.FromPretrained(TinyEncoder.Write(folder))) embedder.SaveOnnx(vectors);
        return
        [
            new("mood", mood, ModelKind.Classify, IsOnnx: true),
            new("own", mood, ModelKind.Classify, IsOnnx: false),
            new("tags", TinyHead.Write<ElectraForTokenClassification>(
                folder, config => config with { Id2Label = new Dictionary<int, string> { [0] = "O", [1] = "B-PER", [2] = "I-PER" } }), ModelKind.Tag, IsOnnx: true),
            new("answers", TinyHead.Write<ElectraForQuestionAnswering>(folder, config => config), ModelKind.Answer, IsOnnx: true),
            new("vectors", vectors, ModelKind.Embed, IsOnnx: true),
            new("ranker", TinyHead.Write<ElectraForSequenceClassification>(folder, config => config.WithLabels(1)), ModelKind.Rerank, IsOnnx: true),
        ];
    }

    /// <summary>Asks, and is answered.</summary>
    public async Task<JsonNode> Ask(string path, object body)
    {
        HttpResponseMessage response = await Client.PostAsJsonAsync(path, body);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Asks with a body as it is.</summary>
    public Task<HttpResponseMessage> Send(string path, string body) => Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    public Task Stop() => _application.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.DisposeAsync();
    }
}

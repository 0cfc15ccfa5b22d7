using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json.Nodes;
using Electra.Inference;
using Electra.Onnx;
using Electra.Samples.Serve;
using Electra.Samples.Serve.Options;
using Electra.Tests.Support;

namespace Electra.Tests.Serving;

/// <summary>The service as its callers see it.</summary>
public sealed class ServeTests(SharedService shared) : IClassFixture<SharedService>
{
    private const double Tolerance = 1e-4;

    private static readonly string[] Texts =
        ["the film was good .", "so", "", "the book is very poor , ada .", "who lives in paris ?", string.Concat(Enumerable.Repeat("a play was very fine . ", 20))];

    private readonly IReadOnlyList<ModelPlan> _models = shared.Models;

    private RunningService Service => shared.Service;

    [Fact]
    public async Task Each_endpoint_says_what_its_predictor_says()
    {
        using TextClassifier classifier = TextClassifier.FromOnnx(Folder("mood"));
        JsonArray classified = Results(await Service.Ask("/classify", new { texts = Texts, top = 2, model = "mood" })), own = Results(await Service.Ask("/classify", new { texts = Texts, model = "own" }));
        foreach ((int i, TextClassification expected) in classifier.Predict(Texts).Index())
        {
            Assert.Equal((expected.Label, expected.IsTruncated), ((string)classified[i]!["label"]!, (bool)classified[i]!["truncated"]!));
            Assert.Equal(expected.Label, (string)own[i]!["label"]!);
            Near(expected.Score, classified[i]!["score"]!);
            Near(expected.Score, own[i]!["score"]!);
            Assert.Equal(2, classified[i]!["scores"]!.AsArray().Count);
        }

        JsonNode pair = Results(await Service.Ask("/classify", new { texts = Texts[..1], pairs = Texts[1..2], model = "mood" }))[0]!;
        Near(classifier.Predict(Texts[0], Texts[1]).Score, pair["score"]!);

        using TokenClassifier tagger = TokenClassifier.FromOnnx(Folder("tags"));
        JsonArray tagged = Results(await Service.Ask("/tag", new { texts = Texts }));
        foreach ((int i, IReadOnlyList<TextEntity> expected) in tagger.Predict(Texts).Index())
        {
            JsonArray found = tagged[i]!["entities"]!.AsArray();
            Assert.Equal(expected.Select(entity => (entity.Type, entity.Text, entity.Start, entity.Length)), found.Select(entity =>
                ((string)entity!["type"]!, (string)entity["text"]!, (int)entity["start"]!, (int)entity["length"]!)));
        }

        using QuestionAnswerer answerer = QuestionAnswerer.FromOnnx(Folder("answers"));
        QuestionAnswer answer = answerer.Predict("who lives in paris ?", Texts[^1]);
        JsonNode answered = Results(await Service.Ask("/answer", new { questions = new[] { new { question = "who lives in paris ?", context = Texts[^1] } }, top = 3 }))[0]!;
        Assert.Equal(answer.Text, (string)answered["answer"]!);
        Assert.Equal(answer.Answers.Take(3).Select(one => (one.Text, one.Start)), answered["answers"]!.AsArray().Select(one => ((string)one!["text"]!, (int)one["start"]!)));
        Near(answer.NoAnswerScore, answered["no_answer_score"]!);

        using TextEmbedder embedder = TextEmbedder.FromOnnx(Folder("vectors"));
        JsonArray vectors = (await Service.Ask("/embed", new { texts = Texts }))["embeddings"]!.AsArray();
        foreach ((float[] expected, JsonNode? got) in embedder.Embed(Texts).Zip(vectors)) AssertNear(expected, got!);

        using CrossEncoder ranker = CrossEncoder.FromOnnx(Folder("ranker"));
        JsonArray ranked = Results(await Service.Ask("/rerank", new { query = "who is ada ?", passages = Texts, top = 4 }));
        IReadOnlyList<RankedPassage> ranking = ranker.Rank("who is ada ?", Texts, topK: 4);
        Assert.Equal(ranking.Select(passage => passage.Index), ranked.Select(passage => (int)passage!["index"]!));
        Near(ranking[0].Score, ranked[0]!["score"]!);
    }

    [Fact]
    public async Task What_is_asked_at_once_goes_together_and_is_answered_as_if_it_were_alone()
    {
        string[] texts = [.. Enumerable.Range(0, 48).Select(i => $"{Texts[i % 5]} {(i % 2 == 0 ? "film" : "ada")} {string.Concat(Enumerable.Repeat("so ", i % 7))}")];
        using TextEmbedder embedder = TextEmbedder.FromOnnx(Folder("vectors"));
        await using RunningService service = await RunningService.Start(RunningService.Plan(_models.Single(model => model.Name == "vectors")));
        JsonNode[] answers = await Task.WhenAll(texts.Select(text => service.Ask("/embed", new { texts = new[] { text } })));
        foreach ((string text, JsonNode answer) in texts.Zip(answers)) AssertNear(embedder.Embed(text), answer["embeddings"]![0]!);

        string metrics = await service.Client.GetStringAsync("/metrics");
        double batches = Metric(metrics, "electra_serve_batch_requests_count", "vectors"), requests = Metric(metrics, "electra_serve_batch_requests_sum", "vectors");
        Assert.Equal(texts.Length, requests);
        Assert.InRange(batches, 1, requests - 1);
        Assert.Equal(requests, Metric(metrics, "electra_serve_requests_total", "vectors"));
        Assert.Equal(requests, Metric(metrics, "electra_serve_queue_duration_seconds_count", "vectors"));
        Assert.Equal(batches, Metric(metrics, "electra_serve_model_duration_seconds_count", "vectors"));
        Assert.Equal(Metric(metrics, "electra_serve_tokens_total", "vectors"), Metric(metrics, "electra_serve_batch_tokens_sum", "vectors"));
        Assert.Equal(0, Metric(metrics, "electra_serve_queue_requests", "vectors"));
        Assert.Contains("http_server_request_duration_seconds_count", metrics, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/embed", """{"texts":["so"}""", 400, "no JSON")]
    [InlineData("/embed", """{"text":["so"]}""", 400, "'text'")]
    [InlineData("/embed", """{}""", 400, "lacks 'texts'")]
    [InlineData("/embed", """{"texts":"so"}""", 400, "$.texts")]
    [InlineData("/embed", """{"texts":["so",null]}""", 400, "texts[1] is null")]
    [InlineData("/embed", """{"texts":[]}""", 400, "texts is empty")]
    [InlineData("/embed", """{"texts":["so"],"model":"mood"}""", 404, "vectors")]
    [InlineData("/embed", """{"texts":["1","2","3","4","5","6","7","8","9"]}""", 413, "9 items; 8")]
    [InlineData("/classify", """{"texts":["so"]}""", 400, "mood, own")]
    [InlineData("/classify", """{"texts":["so"],"model":"mood","top":0}""", 400, "top")]
    [InlineData("/classify", """{"texts":["so"],"model":"mood","pairs":["a","b"]}""", 400, "2 pairs")]
    [InlineData("/answer", """{"questions":[null]}""", 400, "questions[0] is null")]
    [InlineData("/answer", """{"questions":[{"question":"who ?"}]}""", 400, "'context'")]
    [InlineData("/rerank", """{"query":" ","passages":["so"]}""", 400, "query is blank")]
    [InlineData("/rerank", """{"query":"so so so so so so so so so so so so so so so so so so so so so so so so so so so so so so","passages":["so"]}""", 400, "leaves no room")]
    [InlineData("/nothing", """{}""", 404, "")]
    public async Task What_can_not_be_answered_is_told_plainly(string path, string body, int status, string named)
    {
        HttpResponseMessage response = await Service.Send(path, body);
        JsonNode problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal((status, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal(status, (int)problem["status"]!);
        Assert.Contains(named, (string?)problem["detail"] ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("Electra.Samples", problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_accepts_no_JSON_is_told_as_well()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/embed") { Content = new StringContent("""{"texts":["so"],"model":"mood"}""", null, "application/json") };
        request.Headers.Accept.ParseAdd("text/plain");
        HttpResponseMessage response = await Service.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("vectors", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_texts_and_large_bodies_are_refused()
    {
        HttpResponseMessage text = await Service.Send("/tag", $$"""{"texts":["{{new string('a', 501)}}"]}"""), body = await Service.Send("/tag", $$"""{"texts":["{{new string('a', 20_000)}}"]}""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, text.StatusCode);
        Assert.Contains("texts[0] has 501 characters; 500", await text.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, body.StatusCode);
        Assert.Contains("20,000 bytes", await body.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_documents_and_the_page_are_there()
    {
        JsonArray models = JsonNode.Parse(await Service.Client.GetStringAsync("/models"))!.AsArray();
        Assert.Equal(_models.Select(model => model.Name), models.Select(model => (string)model!["name"]!));
        Assert.Equal(["onnx", "libtorch"], models.Take(2).Select(model => (string)model!["runtime"]!));
        Assert.Equal(3, models[0]!["labels"]!.AsArray().Count);

        JsonNode api = JsonNode.Parse(await Service.Client.GetStringAsync("/openapi/v1.json"))!;
        string[] paths = [.. api["paths"]!.AsObject().Select(path => path.Key)], expected = ["/classify", "/tag", "/answer", "/embed", "/rerank", "/models", "/health/live", "/health/ready"];
        Assert.Equal(expected.Order(), paths.Order());
        Assert.Equal("Entities in texts.", (string)api["paths"]!["/tag"]!["post"]!["summary"]!);
        Assert.Contains("429", api["paths"]!["/tag"]!["post"]!["responses"]!.AsObject().Select(response => response.Key));

        HttpResponseMessage page = await Service.Client.GetAsync("/");
        string html = await page.Content.ReadAsStringAsync();
        Assert.Contains("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("//", html.Replace("</", "", StringComparison.Ordinal), StringComparison.Ordinal); // nothing from elsewhere
        Assert.Equal("""{"status":"live"}""", await Service.Client.GetStringAsync("/health/live"));
    }

    [Fact]
    public async Task Where_a_model_is_not_given_its_endpoint_is_not_there_and_too_many_requests_are_told_to_come_back()
    {
        ServePlan plan = RunningService.Plan(_models[0]);
        await using RunningService service = await RunningService.Start(plan with { Batches = plan.Batches with { MaxTokens = 1, MaxWaiting = 1 } });
        Assert.Equal(HttpStatusCode.NotFound, (await service.Send("/tag", """{"texts":["so"]}""")).StatusCode);
        string body = $$"""{"texts":[{{string.Join(',', Enumerable.Repeat($"\"{string.Concat(Enumerable.Repeat("so ", 100))}\"", 8))}}]}""";
        HttpResponseMessage[] responses = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => service.Send("/classify", body)));
        HttpResponseMessage[] refused = [.. responses.Where(response => response.StatusCode == HttpStatusCode.TooManyRequests)];
        Assert.NotEmpty(refused);
        Assert.All(refused, response => Assert.Equal(1, response.Headers.RetryAfter?.Delta?.TotalSeconds));
        Assert.Contains(responses, response => response.StatusCode == HttpStatusCode.OK);
        Assert.All(responses, response => Assert.Contains((int)response.StatusCode, new[] { 200, 429 }));
    }

    [Fact]
    public async Task A_stop_is_told_at_once_and_answers_all_that_was_accepted()
    {
        ServePlan plan = RunningService.Plan(_models[0]) with { Drain = TimeSpan.FromSeconds(1) };
        await using RunningService service = await RunningService.Start(plan with { Batches = plan.Batches with { Window = TimeSpan.FromSeconds(3), MaxTokens = 100_000 } });
        Task<HttpResponseMessage>[] asked = [.. Enumerable.Range(0, 12).Select(_ => service.Send("/classify", """{"texts":["so good"]}"""))];
        while (Metric(await service.Client.GetStringAsync("/metrics"), "http_server_active_requests", "POST") < asked.Length && !asked.Any(task => task.IsCompleted)) await Task.Delay(20);
        Task stop = service.Stop();
        HttpResponseMessage ready = await service.Client.GetAsync("/health/ready");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"status":"stopping"}"""), (ready.StatusCode, await ready.Content.ReadAsStringAsync()));
        Assert.True(ready.Headers.ConnectionClose);
        Assert.All(await Task.WhenAll(asked), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        await stop;
        await Assert.ThrowsAsync<HttpRequestException>(() => service.Client.GetAsync("/health/live"));
    }

    [SkippableFact]
    public async Task A_process_that_is_told_to_stop_answers_and_leaves_with_0_and_has_no_libtorch()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "sends SIGTERM, and reads the modules of a process as Linux lists them");
        using Process child = ChildProgram.Start(Serve, $"mood={Folder("mood")};--listen;http://127.0.0.1:0;--drain;0.2", ChildProgram.Bare);
        const string Listening = "Now listening on: ";
        string line = "";
        while (!line.Contains(Listening, StringComparison.Ordinal)) line = await child.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await child.StandardError.ReadToEndAsync());
        _ = child.StandardOutput.ReadToEndAsync();
        using var client = new HttpClient { BaseAddress = new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim()) };
        while (!(await client.GetAsync("/health/ready")).IsSuccessStatusCode) await Task.Delay(20);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/classify", new StringContent("""{"texts":["so"]}""", null, "application/json"))).StatusCode);
        Assert.DoesNotContain(File.ReadLines($"/proc/{child.Id}/maps"), module => module.Contains("libtorch", StringComparison.Ordinal));
        using Process kill = Process.Start("kill", ["-TERM", $"{child.Id}"]);
        await child.WaitForExitAsync();
        Assert.Equal(0, child.ExitCode);
    }

    [Fact]
    public async Task A_folder_that_can_not_be_loaded_ends_the_process_with_one_line_that_says_why()
    {
        using var folder = new TemporaryFolder();
        foreach (string file in new[] { "model.onnx", "config.json" }) File.Copy(Path.Combine(Folder("mood"), file), folder.File(file));
        using Process child = ChildProgram.Start(Serve, $"{folder.FullPath};--listen;http://127.0.0.1:0", ChildProgram.Bare);
        Task<string> output = child.StandardOutput.ReadToEndAsync(), errors = child.StandardError.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.Equal(1, child.ExitCode);
        Assert.Contains(folder.FullPath, Assert.Single((await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", await output, StringComparison.Ordinal);
    }

    private static void Serve(string argument) =>
        Environment.Exit((int)typeof(ServeApplication).Assembly.EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [argument.Split(';')], null)!);

    private string Folder(string name) => _models.Single(model => model.Name == name).Folder;

    private static JsonArray Results(JsonNode response) => response["results"]!.AsArray();

    private static void Near(double expected, JsonNode got) => Assert.Equal(expected, (double)got, Tolerance);

    private static void AssertNear(float[] expected, JsonNode got)
    {
        Assert.Equal(expected.Length, got.AsArray().Count);
        foreach ((float one, JsonNode? other) in expected.Zip(got.AsArray())) Near(one, other!);
    }

    // The value of a series in Prometheus' text, by a word of its labels; 0 where there is none.
    private static double Metric(string metrics, string name, string label) => metrics.Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) && line.Contains($"\"{label}\"", StringComparison.Ordinal))
        .Select(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture)).Sum();
}

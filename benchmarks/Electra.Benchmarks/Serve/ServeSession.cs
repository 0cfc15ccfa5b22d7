using System.Globalization;
using Electra.Benchmarks.Timing;
using Electra.Benchmarks.Workloads;
using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Onnx;
using Electra.Tokenization;

namespace Electra.Benchmarks.Serve;

/// <summary>Measures the service with each form of a model.</summary>
internal sealed class ServeSession(string encoder, string program, TimeSpan time, int threads)
{
    private const int Labels = 4, Turns = 5, TextCount = 1000, FewestWords = 4, MostWords = 40;

    private static readonly int[] Callers = [1, 8, 32];

    private static readonly string[] OneByOne = ["--window", "0", "--batch-tokens", "1"];

    /// <summary>Measures, and prints.</summary>
    public async Task Run()
    {
        using var folder = new TemporaryFolder();
        string own = folder["own"];
        ElectraTokenizer tokenizer = ElectraTokenizer.FromPretrained(encoder);
        using (var model = new ElectraForSequenceClassification(ElectraConfig.Load(Path.Combine(encoder, "config.json")).WithLabels(Labels)))
            model.SavePretrained(own, tokenizer);
        OnnxExporter.Convert(own, folder["float32"]);
        OnnxExporter.Convert(own, folder["int8"], new OnnxExportOptions { Weights = OnnxWeights.Int8 });
        string[] texts = Texts(tokenizer);
        Console.WriteLine("| model | callers | batched: requests/s | median, p99 ms | processor ms | one by one: requests/s | median, p99 ms | processor ms | batched is faster | by processor time |\n"
            + "|---|---|---|---|---|---|---|---|---|---|");
        foreach ((string name, string path) in new[] { ("libtorch float32", own), ("ONNX Runtime float32", folder["float32"]), ("ONNX Runtime int8", folder["int8"]) })
            await Measure(name, path, texts);
    }

    private async Task Measure(string name, string folder, string[] texts)
    {
        await using ServedProcess batched = await ServedProcess.Start(program, [folder, "--threads", $"{threads}"]);
        await using ServedProcess single = await ServedProcess.Start(program, [folder, "--threads", $"{threads}", .. OneByOne]);
        ServedProcess[] services = [batched, single];
        foreach (ServedProcess service in services) await LoadRun.Of(service, texts, Callers[^1], time / Turns); // does not count
        foreach (int callers in Callers)
        {
            LoadRun[] runs = [LoadRun.None, LoadRun.None];
            for (int turn = 0; turn < Turns; turn++)
                for (int i = 0; i < services.Length; i++) runs[i] = runs[i].And(await LoadRun.Of(services[i], texts, callers, time / Turns));
            Console.WriteLine($"| {name} | {callers} | {Columns(runs[0])} | {Columns(runs[1])} | x {Digits(runs[0].Rate / runs[1].Rate, 2)} "
                + $"| x {Digits(runs[1].ProcessorMilliseconds / runs[0].ProcessorMilliseconds, 2)} |");
        }

        string ready = string.Join(" and ", services.Select(service => $"{service.Ready.TotalMilliseconds:F0} ms"));
        string stopped = await Stop(batched, texts);
        Console.WriteLine($"{name}: ready after {ready}; {stopped}");
    }

    // Callers go on until the service is not ready, as behind a balancer.
    private static async Task<string> Stop(ServedProcess service, string[] texts)
    {
        using var away = new CancellationTokenSource();
        Task<LoadRun> load = LoadRun.Of(service, texts, Callers[^1], TimeSpan.FromSeconds(30), away.Token);
        await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
        service.Terminate();
        while (await service.IsReady()) await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        await away.CancelAsync();
        LoadRun run = await load;
        return $"told to stop under load: exit code {await service.Exit()}, {run.Seconds.Count} requests answered, {run.Lost} lost";
    }

    private static string Columns(LoadRun run)
    {
        double[] milliseconds = [.. run.Seconds.Select(seconds => seconds * 1e3)];
        return $"{Digits(run.Rate, 0)} | {Digits(Distribution.Percentile(milliseconds, 0.5), 1)}, {Digits(Distribution.Percentile(milliseconds, 0.99), 1)} | {Digits(run.ProcessorMilliseconds, 2)}";
    }

    // Words of the vocabulary, of lengths that differ.
    private static string[] Texts(ElectraTokenizer tokenizer)
    {
        var random = new Random(0);
        string[] words = [.. tokenizer.Vocabulary.Where(word => word.Length > 2 && word.All(char.IsLetter))];
        return [.. Enumerable.Range(0, TextCount).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(FewestWords, MostWords + 1)).Select(_ => words[random.Next(words.Length)])))];
    }

    private static string Digits(double value, int digits) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);
}

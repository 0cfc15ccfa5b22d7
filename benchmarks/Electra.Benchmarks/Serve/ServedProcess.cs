using System.Diagnostics;

namespace Electra.Benchmarks.Serve;

/// <summary>The service as a process of its own.</summary>
internal sealed class ServedProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly HttpClient _client;

    private ServedProcess(Process process, Uri address)
    {
        (_process, Address) = (process, address);
        _client = new HttpClient { BaseAddress = address };
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>From the start of the process until it said that it is ready.</summary>
    public TimeSpan Ready { get; private set; }

    /// <summary>What it has taken of processors so far.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.HasExited ? TimeSpan.Zero : _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts it on a free port, and waits until it is ready.</summary>
    /// <exception cref="InvalidDataException">It ended.</exception>
    public static async Task<ServedProcess> Start(string program, string[] arguments)
    {
        long start = Stopwatch.GetTimestamp();
        Process process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments, "--listen", "http://127.0.0.1:0"]) { RedirectStandardOutput = true })!;
        string line = "";
        while (!line.Contains(Listening, StringComparison.Ordinal))
            line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidDataException($"{program} ended with exit code {process.ExitCode}.");
        _ = process.StandardOutput.ReadToEndAsync(); // so that it never waits to say something
        var service = new ServedProcess(process, new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim()));
        while (!await service.IsReady())
        {
            if (process.HasExited) throw new InvalidDataException($"{program} ended with exit code {process.ExitCode}.");
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }

        service.Ready = Stopwatch.GetElapsedTime(start);
        return service;
    }

    /// <summary>Whether it takes requests.</summary>
    public async Task<bool> IsReady()
    {
        try
        {
            using HttpResponseMessage response = await _client.GetAsync("health/ready");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Tells it to stop, by SIGTERM.</summary>
    public void Terminate()
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> Exit()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) Terminate();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();
    }
}

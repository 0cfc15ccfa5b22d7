using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Electra.Samples.Serve.Health;
using Electra.Samples.Serve.Options;

namespace Electra.Samples.Serve.Models;

/// <summary>Loads the models while the server already tells that it lives, and stops them behind the server.</summary>
internal sealed class ModelHost(
    ModelOpener opener, ServePlan plan, ServedModels models, Readiness readiness, IHostApplicationLifetime lifetime, ILogger<ModelHost> log) : IHostedLifecycleService
{
    private Task _loading = Task.CompletedTask;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Throws what kept a model from being loaded, if something did.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loading = Task.Run(Load, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>The first thing of a stop: no longer ready, but still there for those who have not heard of it.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.Stop();
        if (_failure is null) await Task.Delay(plan.Drain, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The last thing of a stop: the server, which was started later, is stopped already and has answered all.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _loading;
        foreach (ServedModel model in models.All) model.Stop();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Load()
    {
        try
        {
            ServedModel[] opened = [.. plan.Models.Select(opener.Open)];
            foreach (ServedModel model in opened) model.WarmUp();
            models.Publish(opened);
            readiness.Load();
            log.LogInformation(
                "Ready {Milliseconds:F0} ms after the process began: {Models}", (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalMilliseconds,
                string.Join(", ", opened.Select(model => $"{model.Description.Name} ({model.Description.Operation}, {model.Description.Runtime})")));
        }
        catch (Exception error)
        {
            _failure = ExceptionDispatchInfo.Capture(error);
            // A host that is stopped before it has started tells of that, and no longer why.
            lifetime.ApplicationStarted.Register(lifetime.StopApplication);
        }
    }
}

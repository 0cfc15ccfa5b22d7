using Electra.Samples.Serve.Options;
using Electra.Tests.Support;

namespace Electra.Tests.Serving;

/// <summary>One service with a model of each kind, for all tests of a class.</summary>
public sealed class SharedService : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    internal IReadOnlyList<ModelPlan> Models { get; private set; } = [];

    internal RunningService Service { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        ModelPlan[] models = RunningService.Models(_folder);
        Models = models;
        Service = await RunningService.Start(RunningService.Plan(models));
    }

    public async Task DisposeAsync() => await Service.DisposeAsync();

    public void Dispose() => _folder.Dispose();
}

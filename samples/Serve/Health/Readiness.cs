namespace Electra.Samples.Serve.Health;

/// <summary>Whether requests shall be sent here.</summary>
internal sealed class Readiness
{
    private volatile bool _isLoaded, _isStopping;

    /// <summary>Stops with the application.</summary>
    public Readiness(IHostApplicationLifetime lifetime) => lifetime.ApplicationStopping.Register(Stop);

    /// <summary>loading, ready or stopping.</summary>
    public string State => _isStopping ? "stopping" : _isLoaded ? "ready" : "loading";

    /// <summary>Whether models are loaded and warm, and the application is not about to end.</summary>
    public bool IsReady => _isLoaded && !_isStopping;

    /// <summary>Whether the application is about to end.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>Models are loaded and warm.</summary>
    public void Load() => _isLoaded = true;

    /// <summary>The application is about to end.</summary>
    public void Stop() => _isStopping = true;
}

namespace Electra.Samples.Serve.Health;

/// <summary>What a supervisor asks.</summary>
internal static class HealthEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder health = routes.MapGroup("/health").WithTags("health").DisableHttpMetrics();
        health.MapGet("/live", () => new HealthState("live")).WithSummary("Whether the process answers at all.");
        health.MapGet("/ready", (Readiness readiness) =>
            TypedResults.Json(new HealthState(readiness.State), statusCode: readiness.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable))
            .WithSummary("Whether requests shall be sent here: 503 while models load, and from the moment the process is told to stop.");
    }
}

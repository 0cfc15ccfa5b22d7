using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Electra.Samples.Serve.Endpoints;
using Electra.Samples.Serve.Health;
using Electra.Samples.Serve.Limits;
using Electra.Samples.Serve.Metrics;
using Electra.Samples.Serve.Models;
using Electra.Samples.Serve.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Electra.Samples.Serve;

/// <summary>The application: what it is made of, and what a request goes through.</summary>
internal static class ServeApplication
{
    private static readonly string[] OtlpVariables = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    // After it requests that are still not answered are cut.
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(30);

    /// <summary>Makes it, while the models are being loaded; started it listens, ready or not.</summary>
    public static WebApplication Build(ServePlan plan) => Build(plan, Begin());

    /// <summary>What needs no plan, and so can be done beside the making of one.</summary>
    public static WebApplicationBuilder Begin()
    {
        // Settings lie beside the program, if anywhere: not in a folder that it happens to be started from.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        AddJson(builder.Services);
        AddMetrics(builder);
        builder.Services.AddSingleton<ServeMetrics>().AddSingleton<Readiness>().AddSingleton<ServedModels>().AddSingleton<ModelOpener>().AddSingleton<ModelHost>()
            .AddHostedService(services => services.GetRequiredService<ModelHost>());
        return builder;
    }

    /// <summary>Makes it of what <see cref="Begin"/> gave, while the models are being loaded.</summary>
    public static WebApplication Build(ServePlan plan, WebApplicationBuilder builder)
    {
        var predictors = new Predictors(plan);
        builder.WebHost.UseUrls(plan.Listen).ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = plan.Limits.BodyBytes);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = plan.Drain + LongestStop);
        builder.Services.AddSingleton(_ => predictors).AddSingleton(plan).AddSingleton(plan.Limits);
        WebApplication application = builder.Build();
        application.UseExceptionHandler();
        application.UseStatusCodePages();
        application.Use(CloseWhileStopping);
        application.MapPrometheusScrapingEndpoint().DisableHttpMetrics();
        application.MapOpenApi();
        application.MapHealth();
        application.MapModels(plan);
        application.MapPage();
        return application;
    }

    private static void AddJson(IServiceCollection services)
    {
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
        });
        services.AddExceptionHandler<PlainErrors>().AddProblemDetails(problems => problems.CustomizeProblemDetails = context =>
        {
            if (context.ProblemDetails is { Status: StatusCodes.Status413PayloadTooLarge, Detail: null } problem)
                problem.Detail = $"The body is larger than {context.HttpContext.RequestServices.GetRequiredService<RequestLimits>().BodyBytes:N0} bytes.";
        });
        services.AddOpenApi(document => document.AddDocumentTransformer((api, _, _) =>
        {
            (api.Info.Title, api.Info.Version) = ("Electra", "1");
            return Task.CompletedTask;
        }));
    }

    private static void AddMetrics(WebApplicationBuilder builder) => builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("electra-serve")).WithMetrics(metrics =>
    {
        metrics.AddMeter(ServeMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime").AddPrometheusExporter();
        if (OtlpVariables.Any(name => !string.IsNullOrEmpty(builder.Configuration[name]))) metrics.AddOtlpExporter();
    });

    // Callers that keep their connection learn in this way that they shall take another one, to another process.
    private static Task CloseWhileStopping(HttpContext context, RequestDelegate next)
    {
        Readiness readiness = context.RequestServices.GetRequiredService<Readiness>();
        context.Response.OnStarting(() =>
        {
            if (readiness.IsStopping) context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
        return next(context);
    }
}

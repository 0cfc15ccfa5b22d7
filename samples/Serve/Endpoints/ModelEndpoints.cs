using Electra.Samples.Serve.Models;
using Electra.Samples.Serve.Options;

namespace Electra.Samples.Serve.Endpoints;

/// <summary>An endpoint for each thing that a model of the plan does.</summary>
internal static class ModelEndpoints
{
    /// <summary>Digits of scores after the point.</summary>
    private const int Digits = 6;

    private static readonly int[] Problems =
    [
        StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status429TooManyRequests,
        StatusCodes.Status503ServiceUnavailable,
    ];

    /// <summary>Adds them.</summary>
    public static void MapModels(this IEndpointRouteBuilder routes, ServePlan plan)
    {
        routes.MapGet("/models", (ServedModels models) => models.All.Select(model => model.Description)).WithTags("models").WithSummary("What is served.");
        foreach (ModelKind kind in plan.Models.Select(model => model.Kind).Distinct())
        {
            RouteHandlerBuilder endpoint = kind switch
            {
                ModelKind.Classify => routes.MapPost("/classify", ClassifyEndpoint.Handle),
                ModelKind.Tag => routes.MapPost("/tag", TagEndpoint.Handle),
                ModelKind.Answer => routes.MapPost("/answer", AnswerEndpoint.Handle),
                ModelKind.Embed => routes.MapPost("/embed", EmbedEndpoint.Handle),
                _ => routes.MapPost("/rerank", RerankEndpoint.Handle),
            };
            endpoint.WithTags("models");
            foreach (int problem in Problems) endpoint.ProducesProblem(problem);
        }
    }

    /// <summary>A score with as many digits as mean something.</summary>
    public static double Rounded(double score) => Math.Round(score, Digits);
}

using Electra.Inference;
using Electra.Samples.Serve.Limits;
using Electra.Samples.Serve.Models;

namespace Electra.Samples.Serve.Endpoints;

/// <summary>POST /rerank.</summary>
internal static class RerankEndpoint
{
    /// <summary>Passages, those first that answer a query best.</summary>
    public static async Task<RerankResponse> Handle(RerankRequest request, ServedModels models, RequestLimits limits, CancellationToken aborted)
    {
        ServedModel<RankInput, IReadOnlyList<RankedPassage>> model = models.Find<RankInput, IReadOnlyList<RankedPassage>>(ModelKind.Rerank, request.Model);
        if (string.IsNullOrWhiteSpace(request.Query)) throw RequestException.Wrong("query is blank.");
        limits.CheckText(request.Query, "query");
        limits.CheckTexts(request.Passages, "passages");
        if (request.Top < 1) throw RequestException.Wrong("top must be positive.");
        IReadOnlyList<RankedPassage> ranked;
        try
        {
            ranked = (await model.Ask([new RankInput(request.Query, request.Passages)], aborted))[0];
        }
        catch (ArgumentException error)
        {
            throw RequestException.Wrong(error.Message.Split(" (Parameter")[0]); // the query leaves no room for a passage
        }

        return new RerankResponse(
            model.Description.Name,
            [.. ranked.Take(request.Top ?? ranked.Count).Select(passage => new RerankResult(passage.Index, ModelEndpoints.Rounded(passage.Score), passage.IsCut))]);
    }
}

/// <summary>A query and what is to be ranked for it.</summary>
internal sealed record RerankRequest
{
    /// <summary>The query.</summary>
    public required string Query { get; init; }

    /// <summary>The passages.</summary>
    public required IReadOnlyList<string> Passages { get; init; }

    /// <summary>How many of them are told; all if not given.</summary>
    public int? Top { get; init; }

    /// <summary>Which model; needed where several do this.</summary>
    public string? Model { get; init; }
}

/// <summary>The passages, the best first.</summary>
internal sealed record RerankResponse(string Model, IReadOnlyList<RerankResult> Results);

/// <summary>A passage: its place in the request, how well it answers the query, from 0 to 1, and whether its end was cut off.</summary>
internal sealed record RerankResult(int Index, double Score, bool Truncated);

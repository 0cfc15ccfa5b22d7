using Electra.Inference;
using Electra.Samples.Serve.Limits;
using Electra.Samples.Serve.Models;

namespace Electra.Samples.Serve.Endpoints;

/// <summary>POST /tag.</summary>
internal static class TagEndpoint
{
    /// <summary>Entities in texts.</summary>
    public static async Task<TagResponse> Handle(TagRequest request, ServedModels models, RequestLimits limits, CancellationToken aborted)
    {
        ServedModel<string, IReadOnlyList<TextEntity>> model = models.Find<string, IReadOnlyList<TextEntity>>(ModelKind.Tag, request.Model);
        limits.CheckTexts(request.Texts, "texts");
        IReadOnlyList<IReadOnlyList<TextEntity>> results = await model.Ask(request.Texts, aborted);
        return new TagResponse(model.Description.Name, [.. results.Select(entities => new TagResult([.. entities.Select(Of)]))]);
    }

    private static TagEntity Of(TextEntity entity) => new(entity.Type, entity.Text, entity.Start, entity.Length, ModelEndpoints.Rounded(entity.Score));
}

/// <summary>Texts of any length to find entities in.</summary>
internal sealed record TagRequest
{
    /// <summary>The texts.</summary>
    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>Which model; needed where several do this.</summary>
    public string? Model { get; init; }
}

/// <summary>What the model said.</summary>
internal sealed record TagResponse(string Model, IReadOnlyList<TagResult> Results);

/// <summary>The entities of a text.</summary>
internal sealed record TagResult(IReadOnlyList<TagEntity> Entities);

/// <summary>An entity: what it is, as it stands in the text, from which UTF-16 unit on and how many, and how sure the model is.</summary>
internal sealed record TagEntity(string Type, string Text, int Start, int Length, double Score);

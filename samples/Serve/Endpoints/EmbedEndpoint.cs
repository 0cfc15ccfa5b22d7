using Electra.Samples.Serve.Limits;
using Electra.Samples.Serve.Models;

namespace Electra.Samples.Serve.Endpoints;

/// <summary>POST /embed.</summary>
internal static class EmbedEndpoint
{
    /// <summary>Vectors of texts.</summary>
    public static async Task<EmbedResponse> Handle(EmbedRequest request, ServedModels models, RequestLimits limits, CancellationToken aborted)
    {
        ServedModel<string, float[]> model = models.Find<string, float[]>(ModelKind.Embed, request.Model);
        limits.CheckTexts(request.Texts, "texts");
        IReadOnlyList<float[]> vectors = await model.Ask(request.Texts, aborted);
        return new EmbedResponse(model.Description.Name, vectors);
    }
}

/// <summary>Texts to make vectors of.</summary>
internal sealed record EmbedRequest
{
    /// <summary>The texts.</summary>
    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>Which model; needed where several do this.</summary>
    public string? Model { get; init; }
}

/// <summary>One vector a text.</summary>
internal sealed record EmbedResponse(string Model, IReadOnlyList<IReadOnlyList<float>> Embeddings);

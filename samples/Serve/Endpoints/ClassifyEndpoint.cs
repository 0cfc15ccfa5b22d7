using Electra.Inference;
using Electra.Samples.Serve.Limits;
using Electra.Samples.Serve.Models;

namespace Electra.Samples.Serve.Endpoints;

/// <summary>POST /classify.</summary>
internal static class ClassifyEndpoint
{
    /// <summary>The class, or the labels, of texts or pairs.</summary>
    public static async Task<ClassifyResponse> Handle(ClassifyRequest request, ServedModels models, RequestLimits limits, CancellationToken aborted)
    {
        ServedModel<TextInput, TextClassification> model = models.Find<TextInput, TextClassification>(ModelKind.Classify, request.Model);
        limits.CheckTexts(request.Texts, "texts");
        if (request.Top < 1) throw RequestException.Wrong("top must be positive.");
        if (request.Pairs is not null) limits.CheckTexts(request.Pairs, "pairs");
        if (request.Pairs is not null && request.Pairs.Count != request.Texts.Count)
            throw RequestException.Wrong($"There are {request.Texts.Count} texts, but {request.Pairs.Count} pairs.");
        IReadOnlyList<TextClassification> results = await model.Ask([.. request.Texts.Select((text, i) => new TextInput(text, request.Pairs?[i]))], aborted);
        return new ClassifyResponse(model.Description.Name, [.. results.Select(result => Of(result, request.Top))]);
    }

    private static ClassifyResult Of(TextClassification result, int top) => new(
        result.Label, ModelEndpoints.Rounded(result.Score), result.Labels,
        [.. result.Scores.Take(top).Select(label => new ClassifyScore(label.Label, ModelEndpoints.Rounded(label.Score)))], result.IsTruncated);
}

/// <summary>Texts, or pairs, to classify.</summary>
internal sealed record ClassifyRequest
{
    /// <summary>The texts, each by itself or the first of a pair.</summary>
    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>The second text of each, for models of pairs.</summary>
    public IReadOnlyList<string>? Pairs { get; init; }

    /// <summary>How many scores are told of each text; 1 if not given.</summary>
    public int Top { get; init; } = 1;

    /// <summary>Which model; needed where several do this.</summary>
    public string? Model { get; init; }
}

/// <summary>What the model said.</summary>
internal sealed record ClassifyResponse(string Model, IReadOnlyList<ClassifyResult> Results);

/// <summary>The most probable label of a text and its probability; the labels that it has; the best scores; whether its end was cut off.</summary>
internal sealed record ClassifyResult(string Label, double Score, IReadOnlyList<string> Labels, IReadOnlyList<ClassifyScore> Scores, bool Truncated);

/// <summary>A label and its probability.</summary>
internal sealed record ClassifyScore(string Label, double Score);

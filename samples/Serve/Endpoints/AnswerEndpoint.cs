using Electra.Inference;
using Electra.Samples.Serve.Limits;
using Electra.Samples.Serve.Models;

namespace Electra.Samples.Serve.Endpoints;

/// <summary>POST /answer.</summary>
internal static class AnswerEndpoint
{
    /// <summary>Answers to questions, out of texts.</summary>
    public static async Task<AnswerResponse> Handle(AnswerRequest request, ServedModels models, RequestLimits limits, CancellationToken aborted)
    {
        ServedModel<QuestionInput, QuestionAnswer> model = models.Find<QuestionInput, QuestionAnswer>(ModelKind.Answer, request.Model);
        limits.CheckCount(request.Questions.Count, "questions");
        foreach ((int i, AnswerQuestion? asked) in request.Questions.Index())
        {
            if (asked is null) throw RequestException.Wrong($"questions[{i}] is null.");
            limits.CheckText(asked.Question, $"questions[{i}].question");
            limits.CheckText(asked.Context, $"questions[{i}].context");
        }

        if (request.Top < 1) throw RequestException.Wrong("top must be positive.");
        IReadOnlyList<QuestionAnswer> results = await model.Ask([.. request.Questions.Select(asked => new QuestionInput(asked.Question, asked.Context))], aborted);
        return new AnswerResponse(model.Description.Name, [.. results.Select(result => Of(result, request.Top))]);
    }

    private static AnswerResult Of(QuestionAnswer result, int top) => new(
        result.HasAnswer ? result.Text : null, ModelEndpoints.Rounded(result.NoAnswerScore),
        [.. result.Answers.Take(top).Select(answer => new AnswerSpan(answer.Text, answer.Start, answer.Length, ModelEndpoints.Rounded(answer.Score)))]);
}

/// <summary>Questions.</summary>
internal sealed record AnswerRequest
{
    /// <summary>Each with the text that may hold its answer.</summary>
    public required IReadOnlyList<AnswerQuestion> Questions { get; init; }

    /// <summary>How many answers are told of each question; 1 if not given.</summary>
    public int Top { get; init; } = 1;

    /// <summary>Which model; needed where several do this.</summary>
    public string? Model { get; init; }
}

/// <summary>A question and the text that may hold its answer, of any length.</summary>
internal sealed record AnswerQuestion
{
    /// <summary>The question.</summary>
    public required string Question { get; init; }

    /// <summary>The text.</summary>
    public required string Context { get; init; }
}

/// <summary>What the model said.</summary>
internal sealed record AnswerResponse(string Model, IReadOnlyList<AnswerResult> Results);

/// <summary>The best answer, null where the model sees none; how much speaks for there being none; the best candidates.</summary>
internal sealed record AnswerResult(string? Answer, double NoAnswerScore, IReadOnlyList<AnswerSpan> Answers);

/// <summary>A candidate: as it stands in the context, from which UTF-16 unit on and how many, and its probability among the candidates.</summary>
internal sealed record AnswerSpan(string Text, int Start, int Length, double Score);

using System.Text.Json.Nodes;
using Electra.Inference;
using Electra.Samples.Predict.Inputs;
using Electra.Samples.Pretrain.Options;

namespace Electra.Samples.Predict.Models;

/// <summary>Finds the answer to a question in a context.</summary>
internal sealed class AnswerModel(QuestionAnswerer answerer, int top) : LoadedModel
{
    public override IEnumerable<JsonObject> Predict(IReadOnlyList<InputText> texts, CancellationToken cancellationToken)
    {
        (string, string)[] questions = [.. texts.Select(text => (text.Text, text.Pair
            ?? throw new UsageException($"'{text.Text}' has no context: name its column with --pair, or put it behind a tab.")))];
        return texts.Zip(answerer.Predict(questions, cancellationToken)).Select(item => Line(item.First, item.Second));
    }

    public override void Dispose() => answerer.Dispose();

    private JsonObject Line(InputText text, QuestionAnswer result)
    {
        JsonObject line = Begin(text, "question");
        line["answer"] = result.HasAnswer ? result.Text : null;
        if (result.HasAnswer) (line["start"], line["score"]) = (result.Answers[0].Start, Rounded(result.Answers[0].Score));
        line["no_answer_score"] = Rounded(result.NoAnswerScore);
        if (top > 1)
        {
            line["answers"] = new JsonArray([.. result.Answers.Take(top).Select(answer => (JsonNode)new JsonObject
            {
                ["answer"] = answer.Text, ["start"] = answer.Start, ["score"] = Rounded(answer.Score),
            })]);
        }

        return line;
    }
}

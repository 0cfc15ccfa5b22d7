using System.Text.Json.Nodes;
using Electra.Inference;
using Electra.Samples.Predict.Inputs;
using Electra.Samples.Pretrain.Options;

namespace Electra.Samples.Predict.Models;

/// <summary>Finds which of several texts goes with another.</summary>
internal sealed class ChoiceModel(MultipleChoice model) : LoadedModel
{
    public override bool HasChoices => true;

    public override IEnumerable<JsonObject> Predict(IReadOnlyList<InputText> texts, CancellationToken cancellationToken)
    {
        foreach (InputText text in texts)
        {
            if (text.Others.Count == 0) throw new UsageException($"'{text.Text}' has no choices: put them behind tabs, or name a .jsonl file with --input.");
            IReadOnlyList<double> scores = model.Predict(text.Text, text.Others, cancellationToken);
            JsonObject line = Begin(text);
            line["choice"] = scores.Index().MaxBy(score => score.Item).Index;
            line["scores"] = new JsonArray([.. scores.Select(score => (JsonNode)Rounded(score))]);
            yield return line;
        }
    }

    public override void Dispose() => model.Dispose();
}

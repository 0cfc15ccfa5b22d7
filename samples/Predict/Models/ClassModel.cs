using System.Text.Json.Nodes;
using Electra.Inference;
using Electra.Samples.Predict.Inputs;

namespace Electra.Samples.Predict.Models;

/// <summary>Tells the class, or the labels, of a text.</summary>
internal sealed class ClassModel(TextClassifier classifier, int top, bool hasSeveral) : LoadedModel
{
    public override IEnumerable<JsonObject> Predict(IReadOnlyList<InputText> texts, CancellationToken cancellationToken) =>
        texts.Zip(classifier.Predict([.. texts.Select(text => text.Text)], Pairs(texts), cancellationToken)).Select(item => Line(item.First, item.Second));

    public override void Dispose() => classifier.Dispose();

    private JsonObject Line(InputText text, TextClassification result)
    {
        JsonObject line = Begin(text);
        if (hasSeveral) line["labels"] = new JsonArray([.. result.Labels.Select(label => (JsonNode)label)]);
        else (line["label"], line["score"]) = (result.Label, Rounded(result.Score));
        if (top > 1) line["scores"] = new JsonObject(result.Scores.Take(top).Select(label => KeyValuePair.Create(label.Label, (JsonNode?)Rounded(label.Score))));
        if (result.IsTruncated) line["truncated"] = true;
        return line;
    }
}

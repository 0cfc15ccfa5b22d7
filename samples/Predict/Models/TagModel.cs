using System.Text.Json.Nodes;
using Electra.Inference;
using Electra.Samples.Predict.Inputs;

namespace Electra.Samples.Predict.Models;

/// <summary>Finds the entities of a text.</summary>
internal sealed class TagModel(TokenClassifier classifier) : LoadedModel
{
    public override IEnumerable<JsonObject> Predict(IReadOnlyList<InputText> texts, CancellationToken cancellationToken)
    {
        IReadOnlyList<IReadOnlyList<TextEntity>> found = classifier.Predict([.. texts.Select(text => text.Text)], cancellationToken);
        for (int i = 0; i < texts.Count; i++)
        {
            JsonObject line = Begin(texts[i]);
            line["entities"] = new JsonArray([.. found[i].Select(entity => (JsonNode)new JsonObject
            {
                ["type"] = entity.Type, ["text"] = entity.Text, ["start"] = entity.Start, ["length"] = entity.Length, ["score"] = Rounded(entity.Score),
            })]);
            yield return line;
        }
    }

    public override void Dispose() => classifier.Dispose();
}

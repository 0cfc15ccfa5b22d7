using System.Text.Json.Nodes;
using Electra.Inference;
using Electra.Samples.Predict.Inputs;

namespace Electra.Samples.Predict.Models;

/// <summary>Tells a number for a text.</summary>
internal sealed class NumberModel(TextRegressor regressor) : LoadedModel
{
    public override IEnumerable<JsonObject> Predict(IReadOnlyList<InputText> texts, CancellationToken cancellationToken)
    {
        IReadOnlyList<double> values = regressor.Predict([.. texts.Select(text => text.Text)], Pairs(texts), cancellationToken);
        for (int i = 0; i < texts.Count; i++)
        {
            JsonObject line = Begin(texts[i]);
            line["value"] = Rounded(values[i]);
            yield return line;
        }
    }

    public override void Dispose() => regressor.Dispose();
}

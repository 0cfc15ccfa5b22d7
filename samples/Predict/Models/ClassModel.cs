using System.Text.Json.Nodes;
using Electra.Inference;
using Electra.Samples.Predict.Inputs;

namespace Electra.Samples.Predict.Models;

/// <summary>Tells the class, or the labels, of a text.</summary>
internal sealed class ClassModel : LoadedModel
{
    private readonly Func<IReadOnlyList<string>, IReadOnlyList<string>?, CancellationToken, IReadOnlyList<TextClassification>> _predict;
    private readonly IDisposable _classifier;
    private readonly int _top;
    private readonly bool _hasSeveral;

    private ClassModel(
        Func<IReadOnlyList<string>, IReadOnlyList<string>?, CancellationToken, IReadOnlyList<TextClassification>> predict, IDisposable classifier, int top, bool hasSeveral) =>
        (_predict, _classifier, _top, _hasSeveral) = (predict, classifier, top, hasSeveral);

    /// <summary>A classifier with a head of its own.</summary>
    public static ClassModel Of(TextClassifier classifier, int top, bool hasSeveral) => new(classifier.Predict, classifier, top, hasSeveral);

    /// <summary>A discriminator with a prompt.</summary>
    public static ClassModel Of(ZeroShotClassifier classifier, int top) => new(classifier.Predict, classifier, top, hasSeveral: false);

    public override IEnumerable<JsonObject> Predict(IReadOnlyList<InputText> texts, CancellationToken cancellationToken) =>
        texts.Zip(_predict([.. texts.Select(text => text.Text)], Pairs(texts), cancellationToken)).Select(item => Line(item.First, item.Second));

    public override void Dispose() => _classifier.Dispose();

    private JsonObject Line(InputText text, TextClassification result)
    {
        JsonObject line = Begin(text);
        if (_hasSeveral) line["labels"] = new JsonArray([.. result.Labels.Select(label => (JsonNode)label)]);
        else (line["label"], line["score"]) = (result.Label, Rounded(result.Score));
        if (_top > 1) line["scores"] = new JsonObject(result.Scores.Take(_top).Select(label => KeyValuePair.Create(label.Label, (JsonNode?)Rounded(label.Score))));
        if (result.IsTruncated) line["truncated"] = true;
        return line;
    }
}

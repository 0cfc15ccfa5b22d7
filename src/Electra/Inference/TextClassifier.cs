using Electra.Modeling;

namespace Electra.Inference;

/// <summary>
/// Classifies texts, or pairs of texts, with a fine-tuned model. Any number of threads may ask it at once.
/// </summary>
public sealed class TextClassifier : IDisposable
{
    private readonly Predictor<ElectraForSequenceClassification> _predictor;
    private readonly string[] _labels;
    private readonly bool _hasSeveral;

    private TextClassifier(Predictor<ElectraForSequenceClassification> predictor)
    {
        _predictor = predictor;
        _labels = LabelNaming.Of(predictor.Model.Config);
        _hasSeveral = predictor.Model.Config.ProblemType == "multi_label_classification";
    }

    /// <summary>The labels, by index.</summary>
    public IReadOnlyList<string> Labels => _labels;

    /// <summary>Loads a folder that fine-tuning, or Hugging Face's <c>ElectraForSequenceClassification</c>, has written.</summary>
    /// <param name="folder">With model and tokenizer.</param>
    /// <param name="options">How it is put to work. <value>Default: on the CPU, in float32.</value></param>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the model has another head or none.</exception>
    public static TextClassifier FromPretrained(string folder, InferenceOptions? options = null)
    {
        Predictor<ElectraForSequenceClassification> predictor = Predictor<ElectraForSequenceClassification>.Load(folder, "classification", options);
        if (predictor.Model.Config.ProblemType != "regression") return new TextClassifier(predictor);
        predictor.Dispose();
        throw new InvalidDataException($"'{folder}' predicts numbers (its problem_type is regression): load it with {nameof(TextRegressor)}.");
    }

    /// <summary>Classifies a text, or a pair.</summary>
    /// <param name="text">The text; what is longer than the model takes is cut.</param>
    /// <param name="pair">The second text; null where the model takes one.</param>
    public TextClassification Predict(string text, string? pair = null) => Predict([(text, pair)], CancellationToken.None)[0];

    /// <summary>Classifies many texts, those of similar length together.</summary>
    /// <param name="texts">Any number.</param>
    /// <param name="pairs">Second texts, as many; null where the model takes one.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>One a text, in their order.</returns>
    /// <exception cref="ArgumentException">There are not as many second texts.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<TextClassification> Predict(
        IReadOnlyList<string> texts, IReadOnlyList<string>? pairs = null, CancellationToken cancellationToken = default) =>
        Predict(TextPairs.Of(texts, pairs), cancellationToken);

    /// <summary>Classifies a stream of texts, some thousand at a time, as they are asked for.</summary>
    /// <param name="texts">Any number.</param>
    public IEnumerable<TextClassification> PredictAll(IEnumerable<string> texts) =>
        texts.Chunk(TextPairs.StreamedTexts).SelectMany(chunk => Predict(chunk));

    /// <summary>Frees the model.</summary>
    public void Dispose() => _predictor.Dispose();

    private TextClassification[] Predict(IReadOnlyList<(string, string?)> texts, CancellationToken cancellationToken)
    {
        TokenSequence[] sequences = TextSequences.Of(_predictor.Tokenizer, texts, _predictor.MaxLength);
        float[][] outputs = _predictor.Run(
            sequences, rows => _predictor.Model.forward(rows.InputIds, rows.AttentionMask, rows.TokenTypeIds), cancellationToken);
        return [.. sequences.Zip(outputs).Select(item => Of(item.First, item.Second))];
    }

    private TextClassification Of(TokenSequence sequence, float[] logits) => _hasSeveral
        ? TextClassification.OfSeveral(_labels, [.. logits.Select(logit => 1 / (1 + Math.Exp(-logit)))], sequence.IsCut)
        : TextClassification.OfOne(_labels, Probabilities.Softmax(logits), sequence.IsCut);
}

using Electra.Modeling;
using Electra.Tokenization;

namespace Electra.Inference;

/// <summary>
/// Classifies texts, or pairs of texts, with a fine-tuned model. Any number of threads may ask it at once.
/// </summary>
public sealed class TextClassifier : IDisposable
{
    private readonly ISequenceModel _model;
    private readonly string[] _labels;
    private readonly bool _hasSeveral;

    private TextClassifier(ISequenceModel model)
    {
        _model = model;
        _labels = LabelNaming.Of(model.Config);
        _hasSeveral = model.Config.ProblemType == "multi_label_classification";
    }

    /// <summary>The labels, by index.</summary>
    public IReadOnlyList<string> Labels => _labels;

    /// <summary>The model's tokenizer.</summary>
    public ElectraTokenizer Tokenizer => _model.Tokenizer;

    /// <summary>Tokens of the longest sequence, special ones included.</summary>
    public int MaxLength => _model.MaxLength;

    /// <summary>Loads a folder that fine-tuning, or Hugging Face's <c>ElectraForSequenceClassification</c>, has written.</summary>
    /// <param name="folder">With model and tokenizer.</param>
    /// <param name="options">How it is put to work. <value>Default: on the CPU, in float32.</value></param>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the model has another head or none.</exception>
    public static TextClassifier FromPretrained(string folder, InferenceOptions? options = null) => Of(
        Predictor<ElectraForSequenceClassification>.Load(
            folder, "classification", (model, rows) => model.forward(rows.InputIds, rows.AttentionMask, rows.TokenTypeIds), options),
        folder);

    /// <summary>Over a model that was loaded from a folder; freed where it is none for texts of classes.</summary>
    internal static TextClassifier Of(ISequenceModel model, string folder)
    {
        if (model.Config.ProblemType != "regression") return new TextClassifier(model);
        model.Dispose();
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
    public void Dispose() => _model.Dispose();

    private TextClassification[] Predict(IReadOnlyList<(string, string?)> texts, CancellationToken cancellationToken)
    {
        TokenSequence[] sequences = TextSequences.Of(_model.Tokenizer, texts, _model.MaxLength);
        return [.. sequences.Zip(_model.Run(sequences, cancellationToken)).Select(item => Of(item.First, item.Second))];
    }

    private TextClassification Of(TokenSequence sequence, float[] logits) => _hasSeveral
        ? TextClassification.OfSeveral(_labels, [.. logits.Select(logit => 1 / (1 + Math.Exp(-logit)))], sequence.IsCut)
        : TextClassification.OfOne(_labels, Probabilities.Softmax(logits), sequence.IsCut);
}

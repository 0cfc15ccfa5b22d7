using Electra.Modeling;
using Electra.Tokenization;

namespace Electra.Inference;

/// <summary>Predicts a number for texts, or pairs of texts, with a fine-tuned model. Any number of threads may ask it at once.</summary>
public sealed class TextRegressor : IDisposable
{
    private readonly ISequenceModel _model;

    private TextRegressor(ISequenceModel model) => _model = model;

    /// <summary>The model's tokenizer.</summary>
    public ElectraTokenizer Tokenizer => _model.Tokenizer;

    /// <summary>Tokens of the longest sequence, special ones included.</summary>
    public int MaxLength => _model.MaxLength;

    /// <summary>Loads a folder that fine-tuning, or Hugging Face's <c>ElectraForSequenceClassification</c> with one label, has written.</summary>
    /// <param name="folder">With model and tokenizer.</param>
    /// <param name="options">How it is put to work. <value>Default: on the CPU, in float32.</value></param>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the model has another head or none.</exception>
    public static TextRegressor FromPretrained(string folder, InferenceOptions? options = null) => Of(
        Predictor<ElectraForSequenceClassification>.Load(
            folder, "regression", (model, rows) => model.forward(rows.InputIds, rows.AttentionMask, rows.TokenTypeIds), options),
        folder);

    /// <summary>Over a model that was loaded from a folder; freed where it is none for numbers.</summary>
    internal static TextRegressor Of(ISequenceModel model, string folder)
    {
        if (model.Config.NumLabels == 1) return new TextRegressor(model);
        int labels = model.Config.NumLabels;
        model.Dispose();
        throw new InvalidDataException($"'{folder}' tells {labels} labels apart: load it with {nameof(TextClassifier)}.");
    }

    /// <summary>The number for a text, or a pair.</summary>
    /// <param name="text">The text; what is longer than the model takes is cut.</param>
    /// <param name="pair">The second text; null where the model takes one.</param>
    public double Predict(string text, string? pair = null) => Predict([text], pair is null ? null : [pair])[0];

    /// <summary>The numbers for many texts.</summary>
    /// <param name="texts">Any number.</param>
    /// <param name="pairs">Second texts, as many; null where the model takes one.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="ArgumentException">There are not as many second texts.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<double> Predict(IReadOnlyList<string> texts, IReadOnlyList<string>? pairs = null, CancellationToken cancellationToken = default)
    {
        TokenSequence[] sequences = TextSequences.Of(_model.Tokenizer, TextPairs.Of(texts, pairs), _model.MaxLength);
        return [.. _model.Run(sequences, cancellationToken).Select(output => (double)output[0])];
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => _model.Dispose();
}

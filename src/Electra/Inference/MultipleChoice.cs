using Electra.Modeling;

namespace Electra.Inference;

/// <summary>Finds which of several texts goes with another, with a fine-tuned model. Any number of threads may ask it at once.</summary>
public sealed class MultipleChoice : IDisposable
{
    private readonly ISequenceModel _model;

    /// <summary>Over a model whose head is for this.</summary>
    internal MultipleChoice(ISequenceModel model) => _model = model;

    /// <summary>Loads a folder that fine-tuning, or Hugging Face's <c>ElectraForMultipleChoice</c>, has written.</summary>
    /// <param name="folder">With model and tokenizer.</param>
    /// <param name="options">How it is put to work. <value>Default: on the CPU, in float32.</value></param>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the model has another head or none.</exception>
    public static MultipleChoice FromPretrained(string folder, InferenceOptions? options = null) =>
        new(Predictor<ElectraForMultipleChoice>.Load(
            folder, "multiple choice",
            (model, rows) => model.forward(rows.InputIds.unsqueeze(1), rows.AttentionMask?.unsqueeze(1), rows.TokenTypeIds?.unsqueeze(1)), options));

    /// <summary>The probability of each choice; they sum to 1.</summary>
    /// <param name="text">What comes first; where it is too long together with a choice, the longer of both is cut.</param>
    /// <param name="choices">What may follow; one at least.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="ArgumentException">There is no choice.</exception>
    public IReadOnlyList<double> Predict(string text, IReadOnlyList<string> choices, CancellationToken cancellationToken = default)
    {
        if (choices.Count == 0) throw new ArgumentException("There is no choice.", nameof(choices));
        TokenSequence[] sequences = TextSequences.Of(_model.Tokenizer, [.. choices.Select(choice => (text, (string?)choice))], _model.MaxLength);
        return Probabilities.Softmax(_model.Run(sequences, cancellationToken).Select(output => output[0]).ToArray());
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => _model.Dispose();
}

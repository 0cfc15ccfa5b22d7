using Electra.Modeling;

namespace Electra.Inference;

/// <summary>
/// Classifies texts by asking a discriminator which word belongs in a prompt's gap: with a pre-trained one without a single label, with one that was
/// fine-tuned on a few (<c>PromptTask</c>) better. Any number of threads may ask it at once.
/// </summary>
public sealed class ZeroShotClassifier : IDisposable
{
    private readonly ISequenceModel _model;
    private readonly bool _ofTokens;
    private readonly PromptEncoder _encoder;
    private readonly float[]? _empty; // scores of the classes where the text is empty

    private ZeroShotClassifier(ISequenceModel model, Prompt prompt, bool ofTokens)
    {
        (_model, Prompt, _ofTokens) = (model, prompt, ofTokens);
        _encoder = new PromptEncoder(model.Tokenizer, prompt, model.MaxLength);
        if (ofTokens && prompt.PieceAverage == PieceAverage.HiddenStates && _encoder.HasLongWords)
            throw new ArgumentException($"The model gives no hidden states: set {nameof(PieceAverage)} to {PieceAverage.Logits}, or ask for words of one piece.", nameof(prompt));
        if (prompt.Calibrate) _empty = Scores([("", PromptTemplate.Parse(prompt.Template).HasSecond ? "" : null)], CancellationToken.None)[0].Scores;
    }

    /// <summary>What is asked.</summary>
    public Prompt Prompt { get; }

    /// <summary>Loads a discriminator: a folder that pre-training or <c>PromptTask</c> has written, or Hugging Face's <c>ElectraForPreTraining</c>.</summary>
    /// <param name="folder">With model and tokenizer.</param>
    /// <param name="prompt">What is asked. <value>Default: what the folder was fine-tuned for, in its <see cref="Prompt.FileName"/>.</value></param>
    /// <param name="options">How it is put to work. <value>Default: on the CPU, in float32.</value></param>
    /// <exception cref="ArgumentException">
    /// The prompt is bad, the vocabulary lacks one of its words, or there is no prompt in the folder and none is given.
    /// </exception>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the model has another head or none.</exception>
    public static ZeroShotClassifier FromPretrained(string folder, Prompt? prompt = null, InferenceOptions? options = null)
    {
        prompt = PromptOf(folder, prompt);
        return Of(
            Predictor<ElectraForPreTraining>.Load(folder, "replaced token detection", (model, rows) => PromptScores.Of(model, rows, prompt.PieceAverage), options), prompt);
    }

    /// <summary>The prompt that is given, else that of a folder.</summary>
    /// <exception cref="ArgumentException">It is bad, or there is none.</exception>
    internal static Prompt PromptOf(string folder, Prompt? prompt)
    {
        string file = Path.Combine(folder, Prompt.FileName);
        if (prompt is null && Directory.Exists(folder) && !File.Exists(file))
            throw new ArgumentException($"'{folder}' was not fine-tuned for a prompt (there is no {Prompt.FileName}): give one.", nameof(prompt));
        return prompt?.Validate() ?? Prompt.Load(file);
    }

    /// <summary>Over a discriminator, which is freed where the prompt does not fit it.</summary>
    /// <param name="model">What it says of a sequence: the logits of the words of each.</param>
    /// <param name="prompt">Valid.</param>
    /// <param name="ofTokens">It says the logits of all tokens in their place.</param>
    internal static ZeroShotClassifier Of(ISequenceModel model, Prompt prompt, bool ofTokens = false)
    {
        try
        {
            return new ZeroShotClassifier(model, prompt, ofTokens);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Classifies a text, or a pair.</summary>
    /// <param name="text">The text; what is longer than the model takes is cut, the template stays whole.</param>
    /// <param name="pair">The second text; null unless the template has <c>{1}</c>.</param>
    /// <exception cref="ArgumentException">The template has no place for what is given, or one for what is not.</exception>
    public TextClassification Predict(string text, string? pair = null) => Predict([text], pair is null ? null : [pair])[0];

    /// <summary>Classifies many texts, those of similar length together.</summary>
    /// <param name="texts">Any number.</param>
    /// <param name="pairs">Second texts, as many; null unless the template has <c>{1}</c>.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>One a text, in their order.</returns>
    /// <exception cref="ArgumentException">There are not as many second texts, or the template has no place for them.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<TextClassification> Predict(
        IReadOnlyList<string> texts, IReadOnlyList<string>? pairs = null, CancellationToken cancellationToken = default) =>
        [.. Scores(TextPairs.Of(texts, pairs), cancellationToken).Select(text => TextClassification.OfOne(Labels, Probabilities.Softmax(Calibrated(text.Scores)), text.IsCut))];

    /// <summary>Classifies a stream of texts, some thousand at a time, as they are asked for.</summary>
    /// <param name="texts">Any number.</param>
    public IEnumerable<TextClassification> PredictAll(IEnumerable<string> texts) =>
        texts.Chunk(TextPairs.StreamedTexts).SelectMany(chunk => Predict(chunk));

    /// <summary>Where a text lies between the words of two classes: 0 is wholly the first, 1 wholly the second. For numbers without labels, as similarity.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">The second text; null unless the template has <c>{1}</c>.</param>
    /// <exception cref="InvalidOperationException">The prompt has more than two classes.</exception>
    public double Between(string text, string? pair = null)
    {
        if (Prompt.Classes.Count != 2) throw new InvalidOperationException($"A number lies between two classes; the prompt has {Prompt.Classes.Count}.");
        return Probabilities.Softmax(Calibrated(Scores(TextPairs.Of([text], pair is null ? null : [pair]), CancellationToken.None)[0].Scores))[1];
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => _model.Dispose();

    /// <summary>The "replaced" logits of each text's words.</summary>
    internal float[][] WordLogits(IReadOnlyList<(string Text, string? Pair)> texts) => Logits(_encoder.Encode(texts), CancellationToken.None);

    private IEnumerable<string> Labels => Prompt.Classes.Select(of => of.Label);

    private float[] Calibrated(float[] scores) => _empty is null ? scores : [.. scores.Zip(_empty, (score, empty) => score - empty)];

    private (float[] Scores, bool IsCut)[] Scores(IReadOnlyList<(string Text, string? Pair)> texts, CancellationToken cancellationToken)
    {
        TokenSequence[] sequences = _encoder.Encode(texts);
        return [.. Logits(sequences, cancellationToken).Select((words, text) =>
            (PromptScores.OfClasses(words, _encoder.Classes, Prompt.Scoring), sequences[text * _encoder.SequencesPerText].IsCut))];
    }

    private float[][] Logits(TokenSequence[] sequences, CancellationToken cancellationToken)
    {
        float[][] outputs = _model.Run(sequences, cancellationToken);
        return _encoder.ByText(_ofTokens ? [.. sequences.Zip(outputs, PromptScores.OfWords)] : outputs);
    }
}

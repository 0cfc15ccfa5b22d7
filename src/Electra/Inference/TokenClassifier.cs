using Electra.Modeling;
using Electra.Tokenization;
using Electra.Training;

namespace Electra.Inference;

/// <summary>Tags the words of texts with a fine-tuned model, and finds entities in them. Any number of threads may ask it at once.</summary>
public sealed class TokenClassifier : IDisposable
{
    private readonly ISequenceModel _model;
    private readonly string[] _labels;

    /// <summary>Over a model whose head is for this.</summary>
    internal TokenClassifier(ISequenceModel model) => (_model, _labels) = (model, LabelNaming.Of(model.Config));

    /// <summary>The tags, by index.</summary>
    public IReadOnlyList<string> Labels => _labels;

    /// <summary>The model's tokenizer.</summary>
    public ElectraTokenizer Tokenizer => _model.Tokenizer;

    /// <summary>Tokens of the longest sequence, special ones included.</summary>
    public int MaxLength => _model.MaxLength;

    /// <summary>Loads a folder that fine-tuning, or Hugging Face's <c>ElectraForTokenClassification</c>, has written.</summary>
    /// <param name="folder">With model and tokenizer.</param>
    /// <param name="options">How it is put to work. <value>Default: on the CPU, in float32.</value></param>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the model has another head or none.</exception>
    public static TokenClassifier FromPretrained(string folder, InferenceOptions? options = null) =>
        new(Predictor<ElectraForTokenClassification>.Load(
            folder, "token classification", (model, rows) => model.forward(rows.InputIds, rows.AttentionMask, rows.TokenTypeIds), options));

    /// <summary>
    /// The entities of a text, from its words' tags. Words end at blanks, and punctuation at either end of one is a word by itself. Text of any length:
    /// it is tagged in parts that overlap.
    /// </summary>
    public IReadOnlyList<TextEntity> Predict(string text) => Predict([text])[0];

    /// <summary>The entities of many texts.</summary>
    /// <param name="texts">Any number.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<IReadOnlyList<TextEntity>> Predict(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<TextSpan>[] words = [.. texts.Select(TextWords.Of)];
        IReadOnlyList<IReadOnlyList<LabelScore>> tags = PredictTags(
            [.. texts.Zip(words).Select(item => (IReadOnlyList<string>)[.. item.Second.Select(word => item.First[word.Start..word.End])])], cancellationToken);
        return [.. Enumerable.Range(0, texts.Count).Select(i => Entities(texts[i], words[i], tags[i]))];
    }

    /// <summary>The most probable tag of each word of a sentence.</summary>
    public IReadOnlyList<LabelScore> PredictTags(IReadOnlyList<string> words) => PredictTags([words])[0];

    /// <summary>The most probable tag of each word of many sentences.</summary>
    /// <param name="sentences">Any number, of any length: long ones are tagged in parts that overlap.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>As many tags as words; <c>O</c>, or the first tag, with score 0 for a word of which nothing is left as tokens.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<IReadOnlyList<LabelScore>> PredictTags(
        IReadOnlyList<IReadOnlyList<string>> sentences, CancellationToken cancellationToken = default)
    {
        SentencePart[] parts = [.. sentences.Index().SelectMany(item => SentencePart.Cut(_model.Tokenizer, item.Index, item.Item, _model.MaxLength))];
        float[][] outputs = _model.Run([.. parts.Select(part => part.Pieces.Sequence)], cancellationToken);
        string nothing = _labels.Contains("O") ? "O" : _labels[0];
        LabelScore[][] tags = [.. sentences.Select(words => Enumerable.Repeat(new LabelScore(nothing, 0), words.Count).ToArray())];
        foreach ((SentencePart part, float[] output) in parts.Zip(outputs))
        {
            for (int i = part.FirstOwn; i < part.EndOwn; i++)
            {
                int place = part.Pieces.First[i - part.FirstWord];
                if (place < 0) continue;
                ReadOnlySpan<float> logits = output.AsSpan(place * _labels.Length, _labels.Length);
                int best = Probabilities.ArgMax(logits);
                tags[part.Sentence][i] = new LabelScore(_labels[best], Probabilities.Softmax(logits)[best]);
            }
        }

        return tags;
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => _model.Dispose();

    private static TextEntity[] Entities(string text, IReadOnlyList<TextSpan> words, IReadOnlyList<LabelScore> tags)
    {
        return [.. TagChunk.Of([.. tags.Select(tag => tag.Label)], TagScheme.Conlleval).Select(chunk =>
        {
            int start = words[chunk.First].Start, end = words[chunk.Last].End;
            return new TextEntity(chunk.Type, text[start..end], start, tags.Skip(chunk.First).Take(chunk.Last + 1 - chunk.First).Average(tag => tag.Score));
        })];
    }
}

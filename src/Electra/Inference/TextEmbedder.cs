using Electra.Configuration;
using Electra.Modeling;
using Electra.Tokenization;
using Microsoft.Extensions.AI;

namespace Electra.Inference;

/// <summary>
/// Makes vectors of texts, such that texts of like meaning have like vectors: with a pre-trained encoder roughly, with one that was fine-tuned for it
/// (<c>EmbeddingTask</c>) better. Any number of threads may ask it at once.
/// </summary>
public sealed class TextEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly ISequenceModel _model;
    private readonly EmbeddingGeneratorMetadata _metadata;

    /// <summary>Over a model that makes one vector of a text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">Which vector; the layer is that of the model.</param>
    /// <param name="folder">Where it was loaded from.</param>
    internal TextEmbedder(ISequenceModel model, EmbeddingOptions options, string folder)
    {
        (_model, Options) = (model, options with { Layer = model.Config.NumHiddenLayers });
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        _metadata = new EmbeddingGeneratorMetadata("electra", defaultModelId: name, defaultModelDimensions: Dimensions);
    }

    /// <summary>Which vectors it makes, with nothing left open.</summary>
    public EmbeddingOptions Options { get; }

    /// <summary>Numbers of a vector.</summary>
    public int Dimensions => _model.Config.HiddenSize;

    /// <summary>The model's tokenizer.</summary>
    public ElectraTokenizer Tokenizer => _model.Tokenizer;

    /// <summary>Tokens of the longest sequence, special ones included.</summary>
    public int MaxLength => _model.MaxLength;

    /// <summary>What computes.</summary>
    internal ISequenceModel Model => _model;

    /// <summary>Loads an encoder: a folder of a discriminator, of an encoder alone, of a model with another head, which is dropped, or of the sentence-transformers library.</summary>
    /// <param name="folder">With model and tokenizer.</param>
    /// <param name="embedding">Which vectors. <value>Default: what the folder says, else the mean over the tokens of the last layer.</value></param>
    /// <param name="options">How it is put to work. <value>Default: on the CPU, in float32.</value></param>
    /// <exception cref="ArgumentException">The encoder has no such layer.</exception>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or asks for another way of making vectors.</exception>
    public static TextEmbedder FromPretrained(string folder, EmbeddingOptions? embedding = null, InferenceOptions? options = null)
    {
        EmbeddingFolder files = EmbeddingFolder.Open(folder);
        EmbeddingOptions chosen = files.Resolve(embedding);
        options ??= new InferenceOptions();
        ElectraConfig config = chosen.Cut(ElectraConfig.Load(Path.Combine(files.Model, "config.json")));
        return new TextEmbedder(
            Predictor<HeadlessElectra>.Load(
                files.Model, "embeddings", (model, rows) => EmbeddingOutputs.Of(model, rows, chosen),
                options with { MaxLength = options.MaxLength ?? files.MaxLength }, config),
            chosen, folder);
    }

    /// <summary>The vector of a text.</summary>
    /// <param name="text">The text, which may be empty; what is longer than the model takes is cut.</param>
    public float[] Embed(string text) => Embed([text])[0];

    /// <summary>The vectors of many texts, those of similar length computed together.</summary>
    /// <param name="texts">Any number.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>One a text, in their order.</returns>
    /// <exception cref="ArgumentException">A text is null.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<float[]> Embed(IReadOnlyList<string> texts, CancellationToken cancellationToken = default) => Run(Sequences(texts), cancellationToken);

    /// <summary>The vectors of a stream of texts, some thousand at a time, as they are asked for.</summary>
    /// <param name="texts">Any number.</param>
    public IEnumerable<float[]> EmbedAll(IEnumerable<string> texts) => texts.Chunk(TextPairs.StreamedTexts).SelectMany(chunk => Embed(chunk));

    /// <summary>The cosine of the angle between two vectors: 1 where they point the same way. 0 where one of them is zero.</summary>
    /// <param name="first">A vector.</param>
    /// <param name="second">Another one, of as many numbers.</param>
    /// <exception cref="ArgumentException">They do not have as many numbers.</exception>
    public static double Similarity(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        if (first.Length != second.Length) throw new ArgumentException($"One vector has {first.Length} numbers, the other {second.Length}.", nameof(second));
        double both = 0, one = 0, other = 0;
        for (int i = 0; i < first.Length; i++)
            (both, one, other) = (both + ((double)first[i] * second[i]), one + ((double)first[i] * first[i]), other + ((double)second[i] * second[i]));
        return one == 0 || other == 0 ? 0 : both / Math.Sqrt(one * other);
    }

    /// <summary>
    /// Writes a folder that this class and the sentence-transformers library load: the encoder without the layers above the one that is taken, its tokenizer,
    /// and which vectors to make. <see cref="EmbeddingPooling.FirstLast"/> that library does not have: this class alone then loads the folder as it is meant.
    /// </summary>
    /// <param name="folder">Made when absent; its files are replaced.</param>
    /// <exception cref="InvalidOperationException">The model does not run on libtorch: copy the folder that it was loaded from.</exception>
    public void Save(string folder) => EmbeddingFolder.Save(folder, OnLibtorch().Model.Electra, _model.Tokenizer, Options, _model.MaxLength);

    /// <summary>What computes, where that is libtorch.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    internal Predictor<HeadlessElectra> OnLibtorch() => _model as Predictor<HeadlessElectra>
        ?? throw new InvalidOperationException("The model does not run on libtorch, and its weights are not to be had: copy the folder that it was loaded from.");

    /// <summary>The vectors of many texts, computed on another thread.</summary>
    /// <param name="values">Any number of texts.</param>
    /// <param name="options">Of which the number of dimensions has to be this model's where it is given.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>One a text, in their order, and how many tokens they have.</returns>
    /// <exception cref="ArgumentException">A text is null, or another number of dimensions is asked for.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is int wanted && wanted != Dimensions)
            throw new ArgumentException($"Vectors of {wanted} dimensions are asked for; this model makes such of {Dimensions} only.", nameof(options));
        string[] texts = [.. values];
        return Task.Run(() => Generate(texts, cancellationToken), cancellationToken);
    }

    /// <summary>What else this object is or knows: itself, or <see cref="EmbeddingGeneratorMetadata"/>.</summary>
    /// <param name="serviceType">The type of what is asked for.</param>
    /// <param name="serviceKey">Has to be null.</param>
    /// <returns>null where it has no such thing.</returns>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        return serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => _model.Dispose();

    private TokenSequence[] Sequences(IReadOnlyList<string> texts) => TextSequences.Of(_model.Tokenizer, TextPairs.Of(texts, null), _model.MaxLength);

    private float[][] Run(TokenSequence[] sequences, CancellationToken cancellationToken) =>
        _model.Run(sequences, cancellationToken);

    private GeneratedEmbeddings<Embedding<float>> Generate(string[] texts, CancellationToken cancellationToken)
    {
        TokenSequence[] sequences = Sequences(texts);
        long tokens = sequences.Sum(sequence => (long)sequence.Length);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return new(Run(sequences, cancellationToken).Select(vector => new Embedding<float>(vector) { CreatedAt = now, ModelId = _metadata.DefaultModelId }))
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }
}

using Electra.Inference;
using Electra.Tokenization;

namespace Electra.Onnx;

/// <summary>
/// Lets a discriminator on ONNX Runtime judge sequences of different lengths: adds [CLS] and [SEP], and pads. Any number of threads may ask it at once.
/// </summary>
public sealed class OnnxDiscriminatorScorer : IDisposable
{
    private readonly OnnxSequenceModel _model;

    private OnnxDiscriminatorScorer(OnnxSequenceModel model) => _model = model;

    /// <summary>The model's tokenizer.</summary>
    public ElectraTokenizer Tokenizer => _model.Tokenizer;

    /// <summary>Tokens that fit one sequence beside [CLS] and [SEP].</summary>
    public int MaximumTokens => _model.MaxLength - 2;

    /// <summary>Loads a discriminator from a folder that <see cref="OnnxExporter"/>, or Hugging Face's exporter, has written.</summary>
    /// <param name="folder">With <c>model.onnx</c>, <c>config.json</c> and the tokenizer's files.</param>
    /// <param name="options">How it is put to work. <value>Default: on the CPU.</value></param>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the model has another head or none.</exception>
    public static OnnxDiscriminatorScorer FromOnnx(string folder, OnnxInferenceOptions? options = null) => new(OnnxSequenceModel.Load(folder, OnnxHead.Detection, options));

    /// <summary>One logit a token, above 0 = replaced. The signature is that of <c>TokenScorer</c>, which probes and minimal pairs take.</summary>
    /// <param name="sequences">Token ids without [CLS] and [SEP].</param>
    /// <exception cref="ArgumentException">A sequence is longer than <see cref="MaximumTokens"/>.</exception>
    public IReadOnlyList<float[]> Score(IReadOnlyList<int[]> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        int longest = sequences.Select(sequence => sequence.Length).DefaultIfEmpty(0).Max();
        if (longest > MaximumTokens) throw new ArgumentException($"A sequence has {longest} tokens; this model reads at most {MaximumTokens}.", nameof(sequences));
        (int cls, int sep) = (Tokenizer.SpecialTokens.ClsId, Tokenizer.SpecialTokens.SepId);
        float[][] logits = _model.Run([.. sequences.Select(sequence => new TokenSequence([cls, .. sequence, sep], sequence.Length + 2))], CancellationToken.None);
        return [.. sequences.Zip(logits, (sequence, all) => all.AsSpan(1, sequence.Length).ToArray())];
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => _model.Dispose();
}

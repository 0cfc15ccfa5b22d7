using Electra.Inference;

namespace Electra.Onnx;

/// <summary>A <see cref="TextEmbedder"/> on ONNX Runtime: what it does and says is the same, and libtorch need not be there.</summary>
public static class OnnxTextEmbedder
{
    extension(TextEmbedder)
    {
        /// <summary>Loads a model that makes vectors of texts from a folder that <see cref="OnnxExporter"/> has written; which vectors, its file says.</summary>
        /// <param name="folder">With <c>model.onnx</c>, <c>config.json</c> and the tokenizer's files.</param>
        /// <param name="options">How it is put to work. <value>Default: on the CPU.</value></param>
        /// <exception cref="IOException">The folder or a file is missing.</exception>
        /// <exception cref="InvalidDataException">A file is damaged, or the model has another head or none.</exception>
        public static TextEmbedder FromOnnx(string folder, OnnxInferenceOptions? options = null)
        {
            OnnxSequenceModel model = OnnxSequenceModel.Load(folder, OnnxHead.Embeddings, options);
            if (model.Embedding is { } embedding) return new TextEmbedder(model, embedding.Options, folder);
            model.Dispose();
            throw new InvalidDataException($"'{Path.Combine(folder, OnnxNames.File)}' does not say which vectors it makes: write it with {nameof(OnnxExporter)}.");
        }
    }
}

using Electra.Inference;

namespace Electra.Onnx;

/// <summary>A <see cref="TokenClassifier"/> on ONNX Runtime: what it does and says is the same, and libtorch need not be there.</summary>
public static class OnnxTokenClassifier
{
    extension(TokenClassifier)
    {
        /// <summary>Loads a tagger of words from a folder that <see cref="OnnxExporter"/>, or Hugging Face's exporter, has written.</summary>
        /// <param name="folder">With <c>model.onnx</c>, <c>config.json</c> and the tokenizer's files.</param>
        /// <param name="options">How it is put to work. <value>Default: on the CPU.</value></param>
        /// <exception cref="IOException">The folder or a file is missing.</exception>
        /// <exception cref="InvalidDataException">A file is damaged, or the model has another head or none.</exception>
        public static TokenClassifier FromOnnx(string folder, OnnxInferenceOptions? options = null) =>
            new(OnnxSequenceModel.Load(folder, OnnxHead.Tokens, options));
    }
}

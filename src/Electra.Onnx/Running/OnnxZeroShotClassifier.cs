using Electra.Inference;

namespace Electra.Onnx;

/// <summary>A <see cref="ZeroShotClassifier"/> on ONNX Runtime: what it does and says is the same, and libtorch need not be there.</summary>
public static class OnnxZeroShotClassifier
{
    extension(ZeroShotClassifier)
    {
        /// <summary>Loads a discriminator from a folder that <see cref="OnnxExporter"/>, or Hugging Face's exporter, has written.</summary>
        /// <param name="folder">With <c>model.onnx</c>, <c>config.json</c> and the tokenizer's files.</param>
        /// <param name="prompt">What is asked. <value>Default: what the folder was fine-tuned for, in its <see cref="Prompt.FileName"/>.</value></param>
        /// <param name="options">How it is put to work. <value>Default: on the CPU.</value></param>
        /// <exception cref="ArgumentException">
        /// The prompt is bad, the vocabulary lacks one of its words, there is no prompt in the folder and none is given, or a word has several pieces and the prompt
        /// has <see cref="PieceAverage.HiddenStates"/>, which the file does not give.
        /// </exception>
        /// <exception cref="IOException">The folder or a file is missing.</exception>
        /// <exception cref="InvalidDataException">A file is damaged, or the model has another head or none.</exception>
        public static ZeroShotClassifier FromOnnx(string folder, Prompt? prompt = null, OnnxInferenceOptions? options = null)
        {
            prompt = ZeroShotClassifier.PromptOf(folder, prompt);
            return ZeroShotClassifier.Of(OnnxSequenceModel.Load(folder, OnnxHead.Detection, options), prompt, ofTokens: true);
        }
    }
}

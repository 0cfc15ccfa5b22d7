using Electra.Inference;

namespace Electra.Onnx;

/// <summary>A <see cref="QuestionAnswerer"/> on ONNX Runtime: what it does and says is the same, and libtorch need not be there.</summary>
public static class OnnxQuestionAnswerer
{
    extension(QuestionAnswerer)
    {
        /// <summary>Loads a model that answers questions from a folder that <see cref="OnnxExporter"/>, or Hugging Face's exporter, has written.</summary>
        /// <param name="folder">With <c>model.onnx</c>, <c>config.json</c> and the tokenizer's files.</param>
        /// <param name="options">How it is put to work. <value>Default: on the CPU.</value></param>
        /// <param name="answers">How answers are looked for.</param>
        /// <param name="noAnswerThreshold">As <see cref="QuestionAnswerer.NoAnswerThreshold"/>.</param>
        /// <exception cref="IOException">The folder or a file is missing.</exception>
        /// <exception cref="InvalidDataException">A file is damaged, or the model has another head or none.</exception>
        public static QuestionAnswerer FromOnnx(
            string folder, OnnxInferenceOptions? options = null, AnswerOptions? answers = null, double? noAnswerThreshold = null)
        {
            answers = (answers ?? new AnswerOptions()).Validate();
            return new QuestionAnswerer(OnnxSequenceModel.Load(folder, OnnxHead.Answers, options), answers) { NoAnswerThreshold = noAnswerThreshold };
        }
    }
}

using System.Text;
using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Files;
using Electra.Inference;
using Electra.Modeling;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.Onnx;

/// <summary>Writes models as ONNX files (operator set 18), with the inputs, outputs and axis names that Hugging Face's exporter gives them.</summary>
public static class OnnxExporter
{
    private const string ConfigFile = "config.json";

    /// <summary>
    /// Writes a model as one ONNX file: <see cref="ElectraModel"/> and every model with a head, but for question answering in the style of Google's code.
    /// </summary>
    /// <param name="model">On any device; what it computes in and whether it drops out makes no difference.</param>
    /// <param name="path">The file, which is replaced in one step. Its folder must exist.</param>
    /// <param name="options">The form. <value>Default: float32.</value></param>
    /// <exception cref="NotSupportedException">The head has no form in ONNX here, or the file would be larger than 2 GB.</exception>
    /// <exception cref="InvalidDataException">A weight is infinite or no number, or does not fit in float16.</exception>
    public static void ExportOnnx<TModel>(this TModel model, string path, OnnxExportOptions? options = null)
        where TModel : nn.Module, IElectraModule<TModel> =>
        Write(path, ModelGraph.Of(model, model.Config, options ?? new OnnxExportOptions()));

    /// <summary>Writes the folder that predictors are loaded from by <c>FromOnnx</c>: <c>model.onnx</c>, <c>config.json</c> and the tokenizer's files.</summary>
    /// <param name="model">As of <see cref="ExportOnnx"/>.</param>
    /// <param name="folder">Made when absent; such files in it are replaced.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="options">The form. <value>Default: float32.</value></param>
    /// <exception cref="ArgumentException">The tokenizer has more tokens than the model, or another padding token; nothing is written.</exception>
    /// <exception cref="NotSupportedException">As of <see cref="ExportOnnx"/>.</exception>
    /// <exception cref="InvalidDataException">As of <see cref="ExportOnnx"/>.</exception>
    public static void SaveOnnx<TModel>(this TModel model, string folder, ElectraTokenizer tokenizer, OnnxExportOptions? options = null)
        where TModel : nn.Module, IElectraModule<TModel>
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        Save(folder, ModelGraph.Of(model, model.Config, options ?? new OnnxExportOptions()), model.Config with { Architectures = [typeof(TModel).Name] }, tokenizer);
    }

    /// <summary>Writes the folder of an embedder, whose graph pools and scales too: its output <c>sentence_embedding</c> is the text's vector.</summary>
    /// <param name="embedder">On libtorch. What it is set to make is what the file makes.</param>
    /// <param name="folder">Made when absent; such files in it are replaced.</param>
    /// <param name="options">The form. <value>Default: float32.</value></param>
    /// <exception cref="InvalidOperationException">The embedder was itself loaded from such a folder: copy that.</exception>
    /// <exception cref="NotSupportedException">As of <see cref="ExportOnnx"/>.</exception>
    /// <exception cref="InvalidDataException">As of <see cref="ExportOnnx"/>.</exception>
    public static void SaveOnnx(this TextEmbedder embedder, string folder, OnnxExportOptions? options = null)
    {
        Predictor<HeadlessElectra> predictor = embedder.OnLibtorch();
        ProtoMessage onnx = ModelGraph.OfEmbedder(predictor.Model, embedder.Options, predictor.MaxLength, options ?? new OnnxExportOptions());
        Save(folder, onnx, predictor.Config with { Architectures = [nameof(ElectraModel)] }, predictor.Tokenizer);
    }

    /// <summary>
    /// Makes an ONNX folder of a pretrained one, by the class that its <c>config.json</c> names; one that says which vectors to make, as
    /// <see cref="TextEmbedder.Save"/> writes, becomes that of an embedder.
    /// </summary>
    /// <param name="source">With model and tokenizer, as fine-tuning or Hugging Face writes it.</param>
    /// <param name="target">Made when absent; such files in it are replaced. May be <paramref name="source"/>: what it has then stays beside.</param>
    /// <param name="options">The form. <value>Default: float32.</value></param>
    /// <exception cref="IOException">The folder or a file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or names no class or another than there is; or as of <see cref="ExportOnnx"/>.</exception>
    /// <exception cref="NotSupportedException">As of <see cref="ExportOnnx"/>.</exception>
    public static void Convert(string source, string target, OnnxExportOptions? options = null)
    {
        if (EmbeddingFolder.Open(source).Pooling is not null)
        {
            using TextEmbedder embedder = TextEmbedder.FromPretrained(source);
            embedder.SaveOnnx(target, options);
            return;
        }

        string file = Path.Combine(source, ConfigFile);
        Action convert = ElectraConfig.Load(file).Architectures is [string name, ..] ? name switch
        {
            nameof(ElectraModel) => Convert<ElectraModel>,
            nameof(ElectraForPreTraining) => Convert<ElectraForPreTraining>,
            nameof(ElectraForMaskedLM) => Convert<ElectraForMaskedLM>,
            nameof(ElectraForSequenceClassification) => Convert<ElectraForSequenceClassification>,
            nameof(ElectraForTokenClassification) => Convert<ElectraForTokenClassification>,
            nameof(ElectraForQuestionAnswering) => Convert<ElectraForQuestionAnswering>,
            nameof(ElectraForMultipleChoice) => Convert<ElectraForMultipleChoice>,
            _ => throw new InvalidDataException($"'{file}' names the class {name}, which there is not here."),
        }
        : throw new InvalidDataException($"'{file}' names no class in architectures: load the folder with the class that it is of, and call {nameof(SaveOnnx)} on that.");
        convert();
        string prompt = Path.Combine(source, Prompt.FileName);
        if (File.Exists(prompt)) Prompt.Load(prompt).Save(Path.Combine(target, Prompt.FileName));

        void Convert<TModel>()
            where TModel : nn.Module, IElectraModule<TModel>
        {
            ElectraTokenizer tokenizer = ElectraTokenizer.FromPretrained(source);
            using TModel model = PretrainedExtensions.Load<TModel>(source, out PretrainedLoadReport report, device: null, config: null, seed: 0);
            if (report.MissingKeys.Count > 0) throw new InvalidDataException($"'{source}' lacks weights of {typeof(TModel).Name}, for example '{report.MissingKeys[0]}'.");
            model.SaveOnnx(target, tokenizer, options);
        }
    }

    private static void Save(string folder, ProtoMessage onnx, ElectraConfig config, ElectraTokenizer tokenizer)
    {
        config.RequireVocabulary(tokenizer.VocabSize, tokenizer.SpecialTokens.PadId);
        Directory.CreateDirectory(folder);
        Write(Path.Combine(folder, OnnxNames.File), onnx);
        FileSync.ReplaceFile(Path.Combine(folder, ConfigFile), stream => stream.Write(Encoding.UTF8.GetBytes(config.ToJson())));
        tokenizer.SavePretrained(folder, config.MaxPositionEmbeddings);
    }

    private static void Write(string path, ProtoMessage onnx)
    {
        if (onnx.Size > int.MaxValue)
        {
            throw new NotSupportedException(
                $"The model takes {onnx.Size / 1e9:F1} GB, and a file in the format of protocol buffers 2 GB at most: export it in float16 or int8.");
        }

        FileSync.ReplaceFile(path, onnx.WriteTo);
    }
}

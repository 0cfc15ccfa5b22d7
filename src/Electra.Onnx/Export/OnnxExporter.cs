using System.Text;
using Electra.Configuration;
using Electra.Files;
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

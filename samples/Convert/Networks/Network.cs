using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Onnx;
using Electra.Samples.Pretrain.Options;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.Samples.Convert.Networks;

/// <summary>A model of any class, with what is known of where it came from.</summary>
internal abstract class Network : IDisposable
{
    /// <summary>The folder within the output; empty for the output itself.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its tokenizer; null where there is none.</summary>
    public ElectraTokenizer? Tokenizer { get; init; }

    /// <summary>What was found in Hugging Face's files; null of Google's.</summary>
    public PretrainedLoadReport? Report { get; init; }

    /// <summary>Its class.</summary>
    public abstract string Class { get; }

    /// <summary>All its weights, each once.</summary>
    public abstract IReadOnlyDictionary<string, Tensor> Weights { get; }

    /// <summary>Loads what Hugging Face's or PyTorch's files hold.</summary>
    /// <param name="path">A folder, or a file with config.json beside it.</param>
    /// <param name="class">Which class; null for that of config.json.</param>
    /// <param name="ignoreMismatches">Takes what fits.</param>
    /// <exception cref="UsageException">config.json does not say the class, or one that there is not.</exception>
    public static Network Load(string path, string? @class, bool ignoreMismatches)
    {
        string folder = File.Exists(path) ? Path.GetDirectoryName(Path.GetFullPath(path))! : path, config = Path.Combine(folder, "config.json");
        @class ??= ElectraConfig.Load(config).Architectures is [string first, ..] ? first : throw new UsageException($"'{config}' does not say what the model is: give --head.");
        return @class switch
        {
            nameof(ElectraModel) => Load<ElectraModel>(),
            nameof(ElectraForPreTraining) => Load<ElectraForPreTraining>(),
            nameof(ElectraForMaskedLM) => Load<ElectraForMaskedLM>(),
            nameof(ElectraForSequenceClassification) => Load<ElectraForSequenceClassification>(),
            nameof(ElectraForTokenClassification) => Load<ElectraForTokenClassification>(),
            nameof(ElectraForQuestionAnswering) => Load<ElectraForQuestionAnswering>(),
            nameof(ElectraForMultipleChoice) => Load<ElectraForMultipleChoice>(),
            _ => throw new UsageException($"'{config}' names the class {@class}, which there is not here: give --head."),
        };

        Network Load<TModel>()
            where TModel : nn.Module, IElectraModule<TModel>
        {
            ElectraTokenizer? tokenizer = File.Exists(Path.Combine(folder, "vocab.txt")) || File.Exists(Path.Combine(folder, "tokenizer.json")) ? ElectraTokenizer.FromPretrained(folder) : null;
            TModel model = PretrainedExtensions.FromPretrained<TModel>(path, out PretrainedLoadReport report, ignoreMismatches: ignoreMismatches);
            return new Network<TModel>(model) { Tokenizer = tokenizer, Report = report };
        }
    }

    /// <summary>Writes a folder for Hugging Face.</summary>
    public abstract void Save(string folder, PretrainedSaveOptions options);

    /// <summary>Writes a folder for ONNX Runtime.</summary>
    public abstract void SaveOnnx(string folder, OnnxWeights weights);

    /// <summary>Loads such a folder: a model of the same class.</summary>
    public abstract Network Reload(string folder);

    /// <summary>What it computes of tokens.</summary>
    /// <param name="ids">int64 (batch, seq); of multiple choice (batch, choices, seq).</param>
    /// <returns>float32, its outputs.</returns>
    public abstract Tensor[] Outputs(Tensor ids);

    public abstract void Dispose();
}

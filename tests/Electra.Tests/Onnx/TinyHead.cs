using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Onnx;
using Electra.Tests.FineTuning;
using Electra.Tests.Support;
using Electra.Tokenization;
using static TorchSharp.torch;

namespace Electra.Tests.Onnx;

/// <summary>Folders of models with heads, for libtorch and ONNX Runtime at once, of random weights that tell texts apart.</summary>
internal static class TinyHead
{
    /// <summary>Writes one.</summary>
    public static string Write<TModel>(TemporaryFolder folder, Func<ElectraConfig, ElectraConfig> change)
        where TModel : nn.Module, IElectraModule<TModel>
    {
        ElectraConfig config = change((ElectraConfig.Tiny with
        {
            HiddenSize = 32,
            EmbeddingSize = 16,
            IntermediateSize = 64,
            NumAttentionHeads = 2,
            NumHiddenLayers = 2,
            MaxPositionEmbeddings = 32,
            InitializerRange = 0.2,
        }).WithVocabulary(TinyEncoder.Tokenizer));
        using TModel model = TModel.Create(config, null, seed: 5);
        string path = folder.File($"{Guid.NewGuid():N}");
        model.SavePretrained(path, TinyEncoder.Tokenizer);
        OnnxExporter.Convert(path, path);
        return path;
    }
}

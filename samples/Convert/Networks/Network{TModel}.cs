using Electra.Checkpoints;
using Electra.Modeling;
using Electra.Onnx;
using static TorchSharp.torch;

namespace Electra.Samples.Convert.Networks;

/// <summary>A model of a class.</summary>
internal sealed class Network<TModel>(TModel model) : Network
    where TModel : nn.Module, IElectraModule<TModel>
{
    public override string Class => typeof(TModel).Name;

    public override IReadOnlyDictionary<string, Tensor> Weights => model.named_parameters().DistinctBy(item => item.parameter).ToDictionary(item => item.name, item => (Tensor)item.parameter);

    public override void Save(string folder, PretrainedSaveOptions options) => model.SavePretrained(folder, Tokenizer, options);

    public override void SaveOnnx(string folder, OnnxWeights weights)
    {
        var options = new OnnxExportOptions { Weights = weights };
        if (Tokenizer is not null)
        {
            model.SaveOnnx(folder, Tokenizer, options);
            return;
        }

        Directory.CreateDirectory(folder);
        model.ExportOnnx(Path.Combine(folder, "model.onnx"), options);
        (model.Config with { Architectures = [Class] }).Save(Path.Combine(folder, "config.json"));
    }

    public override Network Reload(string folder) => new Network<TModel>(PretrainedExtensions.FromPretrained<TModel>(folder, out PretrainedLoadReport report)) { Report = report };

    public override Tensor[] Outputs(Tensor ids)
    {
        switch (model)
        {
            case ElectraModel encoder: return [encoder.forward(ids)];
            case ElectraForPreTraining discriminator: return [discriminator.forward(ids)];
            case ElectraForMaskedLM generator: return [generator.forward(ids)];
            case ElectraForSequenceClassification classifier: return [classifier.forward(ids)];
            case ElectraForTokenClassification tagger: return [tagger.forward(ids)];
            case ElectraForMultipleChoice chooser: return [chooser.forward(ids)];
            case ElectraForQuestionAnswering answerer:
                (Tensor starts, Tensor ends) = answerer.forward(ids);
                return [starts, ends];
            default: throw new NotSupportedException(Class);
        }
    }

    public override void Dispose() => model.Dispose();
}

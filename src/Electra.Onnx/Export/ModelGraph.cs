using System.Globalization;
using Electra.Configuration;
using Electra.Inference;
using Electra.Modeling;
using static TorchSharp.torch;

namespace Electra.Onnx;

/// <summary>A model as a graph: inputs, encoder, head and outputs.</summary>
internal sealed class ModelGraph
{
    private const string EncoderPrefix = "electra.";

    private readonly OnnxGraph _graph;
    private readonly LayerNodes _layers;
    private readonly ElectraConfig _config;
    private readonly EncoderNodes _encoder;

    private ModelGraph(nn.Module model, ElectraConfig config, OnnxExportOptions options)
    {
        _config = config;
        _graph = new OnnxGraph(options.Weights == OnnxWeights.Float16 ? OnnxDataType.Float16 : OnnxDataType.Float);
        _layers = new LayerNodes(_graph, new ModelWeights(model), options);
        _encoder = new EncoderNodes(_graph, _layers, config, model is ElectraModel ? "" : EncoderPrefix);
    }

    /// <summary>The encoder alone, or a model with a head.</summary>
    /// <exception cref="NotSupportedException">The head has no form here.</exception>
    public static ProtoMessage Of(nn.Module model, ElectraConfig config, OnnxExportOptions options)
    {
        var made = new ModelGraph(model, config, options);
        if (model is ElectraForMultipleChoice) made.AddChoices();
        else made.AddHead(model, made.Inputs());
        return made._graph.ToModel([(OnnxMetadata.Architecture, model.GetType().Name)]);
    }

    /// <summary>An encoder that makes one vector of a text.</summary>
    /// <param name="model">Without layers above the one that is taken.</param>
    /// <param name="embedding">Which vector, complete.</param>
    /// <param name="maxLength">Tokens of the longest sequence.</param>
    /// <param name="options">The form.</param>
    public static ProtoMessage OfEmbedder(HeadlessElectra model, EmbeddingOptions embedding, int maxLength, OnnxExportOptions options)
    {
        var made = new ModelGraph(model, model.Config, options);
        made.AddPooling(embedding);
        return made._graph.ToModel(OnnxMetadata.Of(embedding, maxLength));
    }

    private static string Text(int size) => size.ToString(CultureInfo.InvariantCulture);

    private (string Ids, string Mask, string Types) Inputs(params ReadOnlySpan<string> between)
    {
        string[] dims = [OnnxNames.Batch, .. between, OnnxNames.Sequence];
        return (_graph.Input(OnnxNames.Ids, dims), _graph.Input(OnnxNames.Mask, dims), _graph.Input(OnnxNames.Types, dims));
    }

    private void AddHead(nn.Module model, (string Ids, string Mask, string Types) inputs)
    {
        (_, string hidden) = _encoder.Encode(inputs.Ids, inputs.Mask, inputs.Types, firstOnly: model is ElectraForSequenceClassification); // (batch, seq, hidden)
        switch (model)
        {
            case ElectraModel:
                _graph.Output(OnnxNames.Hidden, hidden, OnnxNames.Batch, OnnxNames.Sequence, Text(_config.HiddenSize));
                break;
            case ElectraForPreTraining:
                string judged = ActivationNodes.Add(_graph, _layers.Linear(hidden, "discriminator_predictions.dense"), _config.HiddenAct);
                string logits = _graph.Node("Squeeze", [_layers.Linear(judged, "discriminator_predictions.dense_prediction"), _graph.Numbers(-1)]);
                _graph.Output(OnnxNames.Logits, logits, OnnxNames.Batch, OnnxNames.Sequence);
                break;
            case ElectraForMaskedLM:
                string features = ActivationNodes.Gelu(_graph, _layers.Linear(hidden, "generator_predictions.dense"));
                features = _layers.LayerNorm(features, "generator_predictions.LayerNorm", _config.LayerNormEps);
                string words = _layers.Words(features, _encoder.WordTable, "generator_lm_head.bias");
                _graph.Output(OnnxNames.Logits, words, OnnxNames.Batch, OnnxNames.Sequence, Text(_config.VocabSize));
                break;
            case ElectraForSequenceClassification:
                string first = First(hidden);
                if (_config.HeadStyle == HeadStyle.HuggingFace) first = ActivationNodes.Gelu(_graph, _layers.Linear(first, "classifier.dense"));
                _graph.Output(OnnxNames.Logits, _layers.Linear(first, "classifier.out_proj"), OnnxNames.Batch, Text(_config.NumLabels));
                break;
            case ElectraForTokenClassification:
                _graph.Output(OnnxNames.Logits, _layers.Linear(hidden, "classifier"), OnnxNames.Batch, OnnxNames.Sequence, Text(_config.NumLabels));
                break;
            case ElectraForQuestionAnswering when _config.HeadStyle == HeadStyle.HuggingFace:
                string[] both = _graph.Nodes("Split", [_layers.Linear(hidden, "qa_outputs"), _graph.Numbers(1, 1)], 2, ("axis", -1L));
                foreach ((string name, string score) in new[] { (OnnxNames.Starts, both[0]), (OnnxNames.Ends, both[1]) })
                    _graph.Output(name, _graph.Node("Squeeze", [score, _graph.Numbers(-1)]), OnnxNames.Batch, OnnxNames.Sequence);
                break;
            case ElectraForQuestionAnswering:
                throw new NotSupportedException(
                    $"Question answering with head_style {_config.HeadStyle} is not exported: its ends hang on the starts that are tried. Fine-tune with {HeadStyle.HuggingFace}.");
            default:
                throw new NotSupportedException($"{model.GetType().Name} is not exported; see the page on ONNX for the models that are.");
        }
    }

    // Choices are texts of a longer batch in between.
    private void AddChoices()
    {
        (string ids, string mask, string types) = Inputs(OnnxNames.Choices);
        string length = _graph.Node("Shape", [ids], ("start", 2L)), batch = _graph.Node("Shape", [ids], ("end", 2L));
        string rows = _graph.Node("Concat", [_graph.Numbers(-1), length], ("axis", 0L));
        string Flat(string input) => _graph.Node("Reshape", [input, rows]);
        (_, string hidden) = _encoder.Encode(Flat(ids), Flat(mask), Flat(types), firstOnly: true);
        string summary = First(hidden);
        if (_config.SummaryUseProj) summary = _layers.Linear(summary, "sequence_summary.summary");
        string scores = _layers.Linear(ActivationNodes.Add(_graph, summary, _config.SummaryActivation), "classifier");
        _graph.Output(OnnxNames.Logits, _graph.Node("Reshape", [scores, batch]), OnnxNames.Batch, OnnxNames.Choices);
    }

    private void AddPooling(EmbeddingOptions embedding)
    {
        (string ids, string mask, string types) = Inputs();
        (string lowest, string last) = _encoder.Encode(ids, mask, types, firstOnly: embedding.Pooling == EmbeddingPooling.Cls);
        string pooled = embedding.Pooling switch
        {
            EmbeddingPooling.Cls => First(last),
            EmbeddingPooling.FirstLast => Mean(_graph.Node("Div", [_graph.Node("Add", [lowest, last]), _graph.Number(2)]), mask),
            _ => Mean(last, mask),
        };
        if (embedding.Normalize == true)
        {
            string length = _graph.Node("ReduceL2", [pooled, _graph.Numbers(1)], ("keepdims", 1L));
            pooled = _graph.Node("Div", [pooled, _graph.Node("Max", [length, _graph.Number(_graph.Real == OnnxDataType.Float ? 1e-12 : 1e-6)])]);
        }

        _graph.Output(OnnxNames.Embedding, pooled, OnnxNames.Batch, Text(_config.HiddenSize));
    }

    // (batch, hidden): an index without dimensions takes one away.
    private string First(string hidden) => _graph.Node("Gather", [hidden, _graph.Scalar(0)], ("axis", 1L));

    private string Mean(string hidden, string mask)
    {
        string attended = _graph.Node("Cast", [mask], ("to", (long)_graph.Real));
        string count = _graph.Node("ReduceSum", [attended, _graph.Numbers(1)], ("keepdims", 1L));
        string shares = _graph.Node("Unsqueeze", [_graph.Node("Div", [attended, count]), _graph.Numbers(1)]); // (batch, 1, seq)
        return _graph.Node("Squeeze", [_graph.Node("MatMul", [shares, hidden]), _graph.Numbers(1)]); // (batch, hidden)
    }
}

using Electra.Checkpoints;
using Electra.Configuration;
using Electra.Modeling;
using Electra.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Functional = TorchSharp.torch.nn.functional;

namespace Electra.Benchmarks.Plain;

/// <summary>
/// An encoder with a head for classes, written down once more with nothing but libtorch's operators: no module, kernel, dropout or buffer of the library.
/// Hugging Face's network: post-LayerNorm, erf gelu, head of dropout, dense, gelu, dropout, dense on the first token.
/// </summary>
internal sealed class PlainClassifier : IDisposable
{
    private readonly ElectraConfig _config;
    private readonly Dictionary<string, Parameter> _weights = [];

    /// <summary>Takes the encoder of a discriminator's folder, and draws a head: normal, <c>initializer_range</c> as deviation.</summary>
    public PlainClassifier(string folder, int classes, long seed)
    {
        using (ElectraForPreTraining pretrained = ElectraForPreTraining.FromPretrained(folder))
        {
            _config = pretrained.Config;
            foreach ((string name, Parameter weight) in pretrained.Electra.named_parameters()) _weights.Add(name, new Parameter(weight.detach().clone()));
        }

        using var random = new Generator((ulong)seed);
        Parameter Drawn(params long[] shape) => new(randn(shape, generator: random).mul_(Scalars.Of(_config.InitializerRange)));
        (_weights["head.dense.weight"], _weights["head.dense.bias"]) = (Drawn(_config.HiddenSize, _config.HiddenSize), new Parameter(zeros(_config.HiddenSize)));
        (_weights["head.output.weight"], _weights["head.output.bias"]) = (Drawn(classes, _config.HiddenSize), new Parameter(zeros(classes)));
    }

    /// <summary>All weights: the encoder's by their names in its folder, and <c>head.dense</c> and <c>head.output</c>.</summary>
    public IReadOnlyDictionary<string, Parameter> Weights => _weights;

    /// <summary>The weights of each rate, by how many layers lie above them: the head 0, the top layer 1, embeddings last.</summary>
    public IEnumerable<IGrouping<int, Parameter>> ByDepth => _weights.GroupBy(weight => DepthOf(weight.Key), weight => weight.Value);

    /// <summary>(texts, classes)</summary>
    /// <param name="texts">Ids of each.</param>
    /// <param name="dropsOut">Whether activations are dropped out.</param>
    public Tensor Forward(IReadOnlyList<long[]> texts, bool dropsOut)
    {
        int rows = texts.Count, length = texts.Max(text => text.Length);
        var ids = new long[rows * length];
        var isPadding = new bool[ids.Length];
        for (int row = 0; row < rows; row++)
        {
            texts[row].CopyTo(ids, row * length);
            isPadding.AsSpan((row * length) + texts[row].Length, length - texts[row].Length).Fill(true);
        }

        Tensor padding = tensor(isPadding, [rows, 1, 1, length]);
        Tensor words = _weights["embeddings.word_embeddings.weight"].index_select(0, tensor(ids)).view(rows, length, -1);
        Tensor places = _weights["embeddings.position_embeddings.weight"].narrow(0, 0, length), kind = _weights["embeddings.token_type_embeddings.weight"].select(0, 0);
        Tensor hidden = Drop(Norm(words.add(places, Scalars.One).add(kind, Scalars.One), "embeddings.LayerNorm"), dropsOut);
        if (_weights.ContainsKey("embeddings_project.weight")) hidden = Linear(hidden, "embeddings_project");
        for (int layer = 0; layer < _config.NumHiddenLayers; layer++) hidden = Layer(hidden, padding, $"encoder.layer.{layer}", dropsOut);
        Tensor first = Functional.gelu(Linear(Drop(hidden.select(1, 0), dropsOut), "head.dense"));
        return Linear(Drop(first, dropsOut), "head.output");
    }

    public void Dispose()
    {
        foreach (Parameter weight in _weights.Values) weight.Dispose();
    }

    private int DepthOf(string name) => name.StartsWith("head.", StringComparison.Ordinal) ? 0
        : name.StartsWith("encoder.layer.", StringComparison.Ordinal)
            ? _config.NumHiddenLayers - int.Parse(name.Split('.')[2], System.Globalization.CultureInfo.InvariantCulture)
            : _config.NumHiddenLayers + 1;

    private Tensor Layer(Tensor hidden, Tensor padding, string name, bool dropsOut)
    {
        Tensor Heads(string part) => Linear(hidden, $"{name}.attention.self.{part}").view(hidden.shape[0], hidden.shape[1], _config.NumAttentionHeads, -1).transpose(1, 2);
        Tensor scores = matmul(Heads("query"), Heads("key").transpose(-1, -2)).div(Scalars.Of(Math.Sqrt(_config.HeadSize)));
        Tensor shares = Functional.softmax(scores.masked_fill(padding, Scalars.Of(float.MinValue)), -1); // (texts, heads, length, length)
        Tensor mixed = matmul(Functional.dropout(shares, _config.AttentionProbsDropoutProb, dropsOut), Heads("value")).transpose(1, 2).flatten(2);
        Tensor attended = Norm(Drop(Linear(mixed, $"{name}.attention.output.dense"), dropsOut).add(hidden, Scalars.One), $"{name}.attention.output.LayerNorm");
        Tensor widened = Functional.gelu(Linear(attended, $"{name}.intermediate.dense"));
        return Norm(Drop(Linear(widened, $"{name}.output.dense"), dropsOut).add(attended, Scalars.One), $"{name}.output.LayerNorm");
    }

    private Tensor Drop(Tensor x, bool dropsOut) => Functional.dropout(x, _config.HiddenDropoutProb, dropsOut);

    private Tensor Linear(Tensor x, string name) => Functional.linear(x, _weights[$"{name}.weight"], _weights[$"{name}.bias"]);

    private Tensor Norm(Tensor x, string name) =>
        Functional.layer_norm(x, [x.shape[^1]], _weights[$"{name}.weight"], _weights[$"{name}.bias"], _config.LayerNormEps);
}

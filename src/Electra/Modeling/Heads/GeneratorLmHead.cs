using Electra.Configuration;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The decoder over the vocabulary. It owns the bias only: its matrix is the word table, handed in at each call.</summary>
internal sealed class GeneratorLmHead : StationaryModule, ICastsParameters
{
    [ComponentName(Name = "bias")]
    private readonly Parameter _bias; // (vocab)

    public GeneratorLmHead(ElectraConfig config, Initializer initializer)
        : base(nameof(GeneratorLmHead))
    {
        _bias = initializer.Zeros(config.VocabSize);
        RegisterComponents();
    }

    public Parameter Bias => _bias;

    public IParameterCopies? Copies { private get; set; }

    public Tensor forward(Tensor predictions, Parameter wordEmbeddings) =>
        Casting.Linear(predictions, wordEmbeddings, _bias, Copies); // (..., vocab)
}

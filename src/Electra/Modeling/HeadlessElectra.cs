using Electra.Configuration;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The encoder alone where a model with a head is expected: what it says of texts are its own vectors.</summary>
internal sealed class HeadlessElectra : ElectraHeadModel, IElectraModule<HeadlessElectra>
{
    /// <summary>Makes the model with fresh weights; parameters as in <see cref="ElectraModel"/>'s constructor.</summary>
    public HeadlessElectra(ElectraConfig config, Device? device = null, long seed = 0)
        : base(nameof(HeadlessElectra), config, device, seed, sharedEmbeddings: null, out Initializer initializer)
    {
        initializer.Dispose();
        RegisterComponents();
    }

    /// <summary>The output of the last layer; where there is none, its input.</summary>
    /// <param name="inputIds">int64 (batch, seq)</param>
    /// <param name="attentionMask">As in <see cref="ElectraModel.forward"/>.</param>
    /// <param name="firstOnly">Whether first tokens alone are wanted; there may then be no others.</param>
    /// <returns>float32 (batch, seq or 1, hidden)</returns>
    public Tensor Last(Tensor inputIds, Tensor? attentionMask, bool firstOnly)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = Electra.Encode(inputIds, attentionMask, tokenTypeIds: null, positionIds: null, inputsEmbeds: null, layout: null, firstOnly);
        return Logits(hidden).MoveToOuterDisposeScope();
    }

    /// <summary>The input of the first layer and the output of the last, float32 (batch, seq, hidden) each.</summary>
    public (Tensor First, Tensor Last) FirstAndLast(Tensor inputIds, Tensor? attentionMask)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor first = Electra.Embed(inputIds, attentionMask, tokenTypeIds: null, positionIds: null, inputsEmbeds: null);
        Tensor last = Logits(Electra.RunLayers(first, attentionMask));
        return (Logits(first).MoveToOuterDisposeScope(), last.MoveToOuterDisposeScope());
    }

    private protected override Tensor Head(Tensor hidden) => hidden;

    static HeadlessElectra IElectraModule<HeadlessElectra>.Create(ElectraConfig config, Device? device, long seed) => new(config, device, seed);
}

using Electra.Configuration;
using Electra.Native;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Electra.Modeling;

/// <summary>The generator: the encoder and a masked language modeling head whose output matrix is the word table.</summary>
public sealed class ElectraForMaskedLM : ElectraHeadModel, IElectraModule<ElectraForMaskedLM>
{
    private (Tensor WordEmbeddings, Tensor Bias)? _gradients;

    [ComponentName(Name = "generator_predictions")]
    private readonly GeneratorPredictions _predictions;

    [ComponentName(Name = "generator_lm_head")]
    private readonly GeneratorLmHead _decoder;

    /// <summary>Makes the generator with fresh weights; parameters as in <see cref="ElectraModel"/>'s constructor.</summary>
    public ElectraForMaskedLM(ElectraConfig config, Device? device = null, long seed = 0, ElectraEmbeddings? sharedEmbeddings = null)
        : base(nameof(ElectraForMaskedLM), config, device, seed, sharedEmbeddings, out Initializer initializer)
    {
        using (initializer)
        {
            _predictions = new GeneratorPredictions(config, initializer);
            _decoder = new GeneratorLmHead(config, initializer);
        }

        RegisterComponents();
    }

    /// <summary>Predicts the token at every position; arguments and errors as in <see cref="ElectraModel.forward"/>.</summary>
    /// <returns>float32 logits (batch, seq, vocab): for short texts; training wants <see cref="forwardAt"/></returns>
    public Tensor forward(
        Tensor? inputIds,
        Tensor? attentionMask = null,
        Tensor? tokenTypeIds = null,
        Tensor? positionIds = null,
        Tensor? inputsEmbeds = null) =>
        Logits(inputIds, attentionMask, tokenTypeIds, positionIds, inputsEmbeds);

    /// <summary>Predicts the tokens at the masked positions only: the head never sees the others.</summary>
    /// <param name="inputIds">int64 (batch, seq)</param>
    /// <param name="attentionMask">As in <see cref="ElectraModel.forward"/>.</param>
    /// <param name="tokenTypeIds">As in <see cref="ElectraModel.forward"/>.</param>
    /// <param name="maskedPositions">int64 (batch, n), each in [0, seq)</param>
    /// <param name="layout">As in <see cref="ElectraModel.forward"/>.</param>
    /// <returns>float32 logits (batch, n, vocab)</returns>
    /// <exception cref="ArgumentException">
    /// As in <see cref="ElectraModel.forward"/>, or, on a CPU, a position is outside the sequence.
    /// </exception>
    public Tensor forwardAt(
        Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, Tensor maskedPositions, PackedSequences? layout = null)
    {
        ModelInputs.CheckPositions(maskedPositions, inputIds, Device);
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = Electra.forward(inputIds, attentionMask, tokenTypeIds, layout: layout); // (batch, seq, hidden)
        return Logits(Gather(hidden, maskedPositions)).MoveToOuterDisposeScope(); // (batch, n, vocab)
    }

    /// <summary>Predicts tokens that are encoded already, (..., hidden); as <see cref="forward"/>.</summary>
    internal Tensor Predict(Tensor hidden) => Logits(hidden);

    /// <summary>Whether <see cref="LossAt"/> can run.</summary>
    internal bool HasFusedLoss => Electra.Kernels.RunsMaskedLMLoss(ComputeDtype);

    /// <summary>
    /// The summed loss at the masked positions, a float32 scalar, and samples as <paramref name="targets"/> asks, without ever holding all
    /// logits; arguments as in <see cref="forwardAt"/>.
    /// </summary>
    internal Tensor LossAt(Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, Tensor maskedPositions, MaskedLMTargets targets)
    {
        ModelInputs.CheckPositions(maskedPositions, inputIds, Device);
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = Electra.forward(inputIds, attentionMask, tokenTypeIds); // (batch, seq, hidden)
        Tensor features = _predictions.forward(Gather(hidden, maskedPositions)); // (batch, n, embedding)
        return FusedMaskedLMLoss
            .Run(features.flatten(0, 1), Electra.Embeddings.WordEmbeddings, _decoder.Bias, targets, _gradients)
            .MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    internal override void AddToGradientsInPlace(bool inPlace)
    {
        base.AddToGradientsInPlace(inPlace);
        ParameterGradients.Free([_gradients?.WordEmbeddings, _gradients?.Bias]);
        // The node adds both in place or none: with one of them frozen, autograd brings the other's.
        _gradients = inPlace && Electra.Embeddings.WordEmbeddings.requires_grad && _decoder.Bias.requires_grad
            ? (Electra.Embeddings.WordEmbeddings.grad!.DetachFromDisposeScope(), _decoder.Bias.grad!.DetachFromDisposeScope())
            : null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) ParameterGradients.Free([_gradients?.WordEmbeddings, _gradients?.Bias]);
        base.Dispose(disposing);
    }

    /// <summary>
    /// Rows of <paramref name="hidden"/> at positions, by one flat look-up of a fixed size, which never waits for the device.
    /// </summary>
    internal static Tensor Gather(Tensor hidden, Tensor positions)
    {
        (long batch, long length) = (hidden.shape[0], hidden.shape[1]);
        Tensor firsts = arange(Scalars.Of(0), Scalars.Of(batch * length), Scalars.Of(length), ScalarType.Int64, positions.device);
        Tensor rows = positions.add(firsts.unsqueeze(1), Scalars.One); // (batch, n)
        return hidden.view(batch * length, -1).index_select(0, rows.view(-1)).view(batch, positions.shape[1], -1); // (batch, n, hidden)
    }

    private protected override Tensor Head(Tensor hidden) =>
        _decoder.forward(_predictions.forward(hidden), Electra.Embeddings.WordEmbeddings); // (..., vocab)

    static ElectraForMaskedLM IElectraModule<ElectraForMaskedLM>.Create(ElectraConfig config, Device? device, long seed) =>
        new(config, device, seed);
}

using Electra.Configuration;
using Electra.Data;
using Electra.Modeling;
using Electra.Native;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Replaced token detection with a corrective language model (Meng et al. 2021, section 4.1): at the masked places the discriminator's encoder also says
/// which word was there, by a mixture of copying and of a language model. The gate is the detection head's, which this loss does not train.
/// </summary>
/// <param name="model">The networks; the caller disposes of them.</param>
/// <param name="masker">How text is masked; the caller disposes of it.</param>
/// <param name="proposals">Where the words come from; disposed of with the objective.</param>
internal sealed class CorrectiveObjective(ElectraPretrainingModel model, TokenMasker masker, IWordProposals proposals) : IPretrainingObjective
{
    private readonly ElectraObjective _detection = new(model, masker, proposals);
    private readonly RecoverySums _recovery = new(model.Device);

    public ElectraConfig Config => model.Config;

    public TrainedNetworks Networks => model.Networks;

    public IEnumerable<(string Name, Tensor Tensor)> Sums => [.. _detection.Sums, .. _recovery.State];

    public MaskedBatch Corrupt(Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, StepRandomness draws) =>
        _detection.Corrupt(inputIds, attentionMask, tokenTypeIds, draws);

    public Tensor Loss(MaskedBatch rows, LossCounts counts)
    {
        using var scope = NewDisposeScope();
        Generation generation = _detection.Generate(rows);
        Tensor replaced = rows.Replace(generation.Samples!);                                              // (batch, seq)
        ElectraModel encoder = model.Discriminator.Electra;
        Tensor hidden = encoder.forward(replaced, rows.AttentionMask, rows.TokenTypeIds, layout: rows.Layout); // (batch, seq, hidden)
        Tensor logits = model.Discriminator.Judge(hidden);                                                // (batch, seq)
        ElectraOutput output = _detection.Weigh(rows, generation, replaced, logits, counts);
        Recovery recovery = Recover(rows, hidden, output);
        Tensor corrective = recovery.Loss / counts.Masked;
        _detection.Count(rows, output);
        _recovery.Add(corrective, rows, recovery);
        return output.Loss.add(corrective, Scalars.One).MoveToOuterDisposeScope();
    }

    public void Updated() => _detection.Updated();

    public ObjectiveReport Read(double updates)
    {
        var detection = (ElectraReport)_detection.Read(updates);
        (double trained, MaskedLMScore score) = _recovery.Read(updates);
        return new CorrectiveReport(detection, trained, score);
    }

    // The language model is left behind: what is judged is the discriminator.
    public IObjectiveEvaluation Evaluate(UnigramModel unigrams) => _detection.Evaluate(unigrams);

    public void Dispose()
    {
        _detection.Dispose();
        _recovery.Dispose();
    }

    private Recovery Recover(MaskedBatch rows, Tensor hidden, ElectraOutput output)
    {
        Tensor at = ElectraForMaskedLM.Gather(hidden, rows.MaskedPositions);                              // (batch, slots, hidden)
        Tensor words = model.Recovery!.forward(at, model.Discriminator.Electra.Embeddings.WordEmbeddings).log_softmax(-1); // (batch, slots, vocabulary)
        Tensor likelihoods = words.gather(-1, rows.MaskedOriginalIds.unsqueeze(-1)).squeeze(-1);          // (batch, slots)
        Tensor copies = output.DiscriminatorLogits.neg().gather(1, rows.MaskedPositions);                 // (batch, slots), no gradient
        Tensor isReplaced = output.IsReplaced.gather(1, rows.MaskedPositions);                            // (batch, slots)
        Tensor losses = ElectraLosses.OfMixture(copies, likelihoods, isReplaced).mul(rows.MaskedWeights); // (batch, slots)
        Tensor hits = words.detach().argmax(-1).eq(rows.MaskedOriginalIds).mul(rows.MaskedWeights);       // (batch, slots)
        return new Recovery(losses.sum(), likelihoods.detach().neg().mul(rows.MaskedWeights), hits);
    }
}

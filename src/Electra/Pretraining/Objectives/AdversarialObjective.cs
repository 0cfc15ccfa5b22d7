using Electra.Configuration;
using Electra.Data;
using Electra.Modeling;
using Electra.Native;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// Replaced token detection with a generator that is trained to raise the discriminator's loss in place of predicting words (Clark et al. 2020, appendix F). The discriminator's loss at a masked
/// place is taken to hang on that place's word alone and is the reward of drawing it; the generator is trained by REINFORCE (Williams 1992), one sample a place, against a learned baseline.
/// </summary>
/// <param name="model">The networks; the caller disposes of them.</param>
/// <param name="masker">How text is masked; the caller disposes of it.</param>
internal sealed class AdversarialObjective(ElectraPretrainingModel model, TokenMasker masker) : IPretrainingObjective
{
    private readonly ElectraObjective _detection = new(model, masker);
    private readonly LossSum _baseline = new("baseline_loss", model.Device);
    private readonly LossSum _reward = new("reward", model.Device);

    public ElectraConfig Config => model.Config;

    public TrainedNetworks Networks => model.Networks;

    public IEnumerable<(string Name, Tensor Tensor)> Sums => [.. _detection.Sums, _baseline.State, _reward.State];

    public MaskedBatch Corrupt(Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, StepRandomness draws) =>
        _detection.Corrupt(inputIds, attentionMask, tokenTypeIds, draws);

    public Tensor Loss(MaskedBatch rows, LossCounts counts)
    {
        using var scope = NewDisposeScope();
        ElectraForMaskedLM generator = model.Generator;
        Tensor encoded = generator.Electra.forward(rows.InputIds, rows.AttentionMask, rows.TokenTypeIds, layout: rows.Layout); // (batch, seq, hidden)
        Tensor hidden = ElectraForMaskedLM.Gather(encoded, rows.MaskedPositions);                         // (batch, slots, hidden)
        Tensor words = generator.Predict(hidden).log_softmax(-1);                                         // (batch, slots, vocabulary)
        Tensor samples = ReplacementSampler.Sample(words, rows.SamplingDraws!);                           // (batch, slots)
        Tensor replaced = rows.Replace(samples);                                                          // (batch, seq)
        Tensor logits = model.Discriminator.forward(replaced, rows.AttentionMask, rows.TokenTypeIds, layout: rows.Layout); // (batch, seq)
        Tensor rewards = Rewards(rows, replaced, logits);                                                 // (batch, slots)
        Tensor scores = model.Baseline!.forward(hidden.detach());                                         // (batch, slots)
        Tensor baseline = nn.functional.binary_cross_entropy_with_logits(
            scores, rewards.neg().exp(), rows.MaskedWeights, nn.Reduction.None).sum() / counts.Masked;
        Generation generation = Reinforce(rows, words, samples, rewards.add(nn.functional.logsigmoid(scores.detach()), Scalars.One));
        ElectraOutput output = _detection.Weigh(rows, generation, replaced, logits, counts);
        _detection.Count(rows, output);
        _baseline.Add(baseline.detach());
        _reward.Add(rewards.mul(rows.MaskedWeights).sum() / counts.Masked);
        return output.Loss.add(baseline, Scalars.One).MoveToOuterDisposeScope();
    }

    public void Updated() => _detection.Updated();

    public ObjectiveReport Read(double updates) => new AdversarialReport((ElectraReport)_detection.Read(updates), _reward.Read(updates), _baseline.Read(updates));

    public IObjectiveEvaluation Evaluate(UnigramModel unigrams) => _detection.Evaluate(unigrams);

    public void Dispose()
    {
        _detection.Dispose();
        _baseline.Dispose();
        _reward.Dispose();
    }

    // The discriminator's loss at each slot.
    private static Tensor Rewards(MaskedBatch rows, Tensor replaced, Tensor logits)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return ElectraLosses.OfEachToken(logits, replaced.ne(rows.OriginalInputIds), rows.AttentionMask).gather(1, rows.MaskedPositions).MoveToOuterDisposeScope();
    }

    // Going down this loss makes a word likelier that earned more than was expected. What is told besides is of predicting the masked words, which is not trained.
    private static Generation Reinforce(MaskedBatch rows, Tensor words, Tensor samples, Tensor advantages)
    {
        Tensor drawn = words.gather(-1, samples.unsqueeze(-1)).squeeze(-1);                               // (batch, slots)
        Tensor loss = drawn.mul(advantages).mul(rows.MaskedWeights).sum().neg();
        Tensor predictions = words.detach();
        Tensor losses = ElectraLosses.OfEachSlot(predictions, rows.MaskedOriginalIds, rows.MaskedWeights); // (batch, slots)
        Tensor hits = predictions.argmax(-1).eq(rows.MaskedOriginalIds).mul(rows.MaskedWeights);          // (batch, slots)
        return new Generation(loss, losses, hits, samples, predictions);
    }
}

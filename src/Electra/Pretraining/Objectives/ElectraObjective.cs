using Electra.Configuration;
using Electra.Data;
using Electra.Modeling;
using Electra.Native;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// The figure of the paper: text is masked, a generator proposes words for the masks, and a discriminator reads the result and
/// says of every token whether it was replaced. Both are trained together; no gradient flows through the samples.
/// </summary>
/// <param name="model">Both networks; the caller disposes of them.</param>
/// <param name="masker">How text is masked; the caller disposes of it.</param>
internal sealed class ElectraObjective(ElectraPretrainingModel model, TokenMasker masker) : IPretrainingObjective
{
    private readonly MaskedLMSums _generator = new(model.Device);
    private readonly DetectionSums _discriminator = new(model.Device);

    public ElectraConfig Config => model.Config;

    public TrainedNetworks Networks => model.Networks;

    public IEnumerable<(string Name, Tensor Tensor)> Sums => [.. _generator.State, .. _discriminator.State];

    /// <summary>Masks, and draws for every slot what the generator will sample with.</summary>
    public MaskedBatch Corrupt(Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, StepRandomness draws)
    {
        using var scope = NewDisposeScope();
        MaskedBatch masked = masker.Mask(inputIds, attentionMask, tokenTypeIds, draws).MoveToOuterDisposeScope();
        return masked with { SamplingDraws = draws.Sampling.gather(1, masked.MaskedPositions).MoveToOuterDisposeScope() };
    }

    public Tensor Loss(MaskedBatch rows, LossCounts counts)
    {
        using var scope = NewDisposeScope();
        ElectraOutput output = Forward(rows, counts);
        Count(rows, output);
        return output.Loss.MoveToOuterDisposeScope();
    }

    /// <summary>The figure, on rows that are masked: predict, sample, replace, discriminate, weigh.</summary>
    /// <param name="rows">Of a corrupted batch.</param>
    /// <param name="counts">Of the whole batch; null when these rows are all of it.</param>
    public ElectraOutput Forward(MaskedBatch rows, LossCounts? counts = null) => Discriminate(rows, Generate(rows), counts);

    /// <summary>The half of the generator: a word for every slot.</summary>
    public Generation Generate(MaskedBatch rows) =>
        MaskedLMPrediction.Of(model.Generator, rows, rows.SamplingDraws, model.Options.SamplingTemperature);

    /// <summary>The half of the discriminator: put the samples in, discriminate, weigh the losses.</summary>
    public ElectraOutput Discriminate(MaskedBatch rows, Generation generation, LossCounts? counts = null)
    {
        using var scope = NewDisposeScope();
        counts ??= LossCounts.Of(rows);
        Tensor maskedLM = generation.Loss / counts.Masked;
        Tensor replaced = rows.Replace(generation.Samples!);                                            // (batch, seq)
        Tensor isReplaced = replaced.ne(rows.OriginalInputIds);                                         // (batch, seq)
        Tensor logits = model.Discriminator.forward(
            replaced, rows.AttentionMask, rows.TokenTypeIds, layout: rows.Layout);                      // (batch, seq)
        Tensor losses = ElectraLosses.OfEachToken(logits, isReplaced, rows.AttentionMask); // (batch, seq)
        Tensor detection = losses.sum() / counts.Tokens;
        Tensor loss = maskedLM.mul(Scalars.Of(model.Options.GeneratorLossWeight)).add(detection.mul(Scalars.Of(model.Options.DiscriminatorLossWeight)), Scalars.One);
        return new ElectraOutput(
            loss, maskedLM.detach(), generation, detection.detach(), replaced, isReplaced, logits.detach(), losses.detach()).MoveToOuterDisposeScope();
    }

    /// <summary>Adds the figures of some rows to <see cref="Sums"/>.</summary>
    public void Count(MaskedBatch rows, ElectraOutput output)
    {
        _generator.Add(output.MaskedLMLoss, rows, output.Generation);
        _discriminator.Add(output.DiscriminatorLoss, rows, output);
    }

    public ObjectiveReport Read(double updates)
    {
        MaskedLMReport generator = _generator.Read(updates);
        (double trained, double detection, BinaryClassificationMetrics metrics) = _discriminator.Read(updates);
        double loss = (model.Options.GeneratorLossWeight * generator.TrainedMaskedLMLoss) + (model.Options.DiscriminatorLossWeight * trained);
        return new ElectraReport(loss, generator.TrainedMaskedLMLoss, generator.MaskedLM, trained, detection, metrics);
    }

    public IObjectiveEvaluation Evaluate(UnigramModel unigrams) => new Evaluation(this, unigrams);

    public void Dispose()
    {
        _generator.Dispose();
        _discriminator.Dispose();
    }

    private sealed class Evaluation(ElectraObjective objective, UnigramModel unigrams) : IObjectiveEvaluation
    {
        private readonly MaskedLMEvaluation _generator = new(objective.Networks.Device, unigrams);
        private readonly DetectionEvaluation _discriminator = new(objective.Config.VocabSize);

        public void Add(MaskedBatch batch, long first)
        {
            ElectraOutput output = objective.Forward(batch);
            _generator.Add(batch, output.Generation);
            _discriminator.Add(batch, output, first);
        }

        public ObjectiveReport Report()
        {
            MaskedLMEvaluationReport generator = _generator.Report();
            return new ElectraEvaluationReport(
                generator.TrainedMaskedLMLoss, generator.MaskedLM, generator.WordFrequencies, _discriminator.Loss, _discriminator.Metrics,
                _discriminator.TokenIdentityAreaUnderCurve);
        }

        public void Dispose() => _generator.Dispose();
    }
}

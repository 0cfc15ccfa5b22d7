using Electra.Configuration;
using Electra.Data;
using Electra.Distributed;
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
/// <param name="proposals">Where the words come from; disposed of with the objective.</param>
internal sealed class ElectraObjective(ElectraPretrainingModel model, TokenMasker masker, IWordProposals proposals) : IPretrainingObjective
{
    private readonly MaskedLMSums _generator = new(model.Device);
    private readonly DetectionSums _discriminator = new(model.Device);
    private readonly EmbeddingFollower? _follower = EmbeddingFollower.Of(model);

    /// <summary>The objective with a generator that is trained along.</summary>
    public ElectraObjective(ElectraPretrainingModel model, TokenMasker masker)
        : this(model, masker, new GeneratorProposals(model))
    {
    }

    public ElectraConfig Config => model.Config;

    public TrainedNetworks Networks => model.Networks;

    public IEnumerable<(string Name, Tensor Tensor)> Sums => [.. _generator.State, .. _discriminator.State];

    /// <summary>Masks, and draws for every slot what the generator will sample with.</summary>
    public MaskedBatch Corrupt(Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, StepRandomness draws)
    {
        _follower?.Remember();
        return masker.Mask(inputIds, attentionMask, tokenTypeIds, draws).WithSamplingDraws(draws);
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
    public Generation Generate(MaskedBatch rows) => proposals.Propose(rows);

    public void Updated() => _follower?.Follow();

    /// <summary>The half of the discriminator: put the samples in, discriminate, weigh the losses.</summary>
    public ElectraOutput Discriminate(MaskedBatch rows, Generation generation, LossCounts? counts = null)
    {
        using var scope = NewDisposeScope();
        Tensor replaced = rows.Replace(generation.Samples!);                                            // (batch, seq)
        Tensor logits = model.Discriminator.forward(
            replaced, rows.AttentionMask, rows.TokenTypeIds, layout: rows.Layout);                      // (batch, seq)
        return Weigh(rows, generation, replaced, logits, counts).MoveToOuterDisposeScope();
    }

    /// <summary>What the discriminator said, against the truth, and both losses by their weights.</summary>
    public ElectraOutput Weigh(MaskedBatch rows, Generation generation, Tensor replaced, Tensor logits, LossCounts? counts = null)
    {
        using var scope = NewDisposeScope();
        Tensor losses = ElectraLosses.OfEachToken(logits, replaced.ne(rows.OriginalInputIds), rows.AttentionMask); // (batch, seq)
        return Weigh(rows, generation, replaced, logits, losses, counts ?? LossCounts.Of(rows)).MoveToOuterDisposeScope();
    }

    /// <summary>The same with losses of a rule of one's own, (batch, seq), 0 where none counts.</summary>
    public ElectraOutput Weigh(MaskedBatch rows, Generation generation, Tensor replaced, Tensor logits, Tensor losses, LossCounts counts)
    {
        using var scope = NewDisposeScope();
        Tensor maskedLM = generation.Loss / counts.Masked;
        Tensor isReplaced = replaced.ne(rows.OriginalInputIds);                                         // (batch, seq)
        Tensor detection = model.Options.Objective == PretrainingObjective.ElectraMaskedOnly
            ? losses.mul(rows.Chosen()).sum() / counts.Masked
            : losses.sum() / counts.Tokens;
        Tensor loss = maskedLM.mul(Scalars.Of(model.Options.GeneratorLossWeight))
            .add(detection.mul(Scalars.Of(model.Options.DiscriminatorLossWeight)), Scalars.One);
        return new ElectraOutput(
            loss, maskedLM.detach(), generation, detection.detach(), replaced.alias(), isReplaced, logits.detach(), losses.detach()).MoveToOuterDisposeScope();
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

    public IObjectiveEvaluation Evaluate(UnigramModel unigrams) => Evaluate(unigrams, rows => Forward(rows));

    /// <summary>Begins an evaluation of a figure of one's own.</summary>
    /// <param name="unigrams">Word counts of the training text.</param>
    /// <param name="forward">What becomes of the rows of a batch.</param>
    public IObjectiveEvaluation Evaluate(UnigramModel unigrams, Func<MaskedBatch, ElectraOutput> forward) => new Evaluation(this, unigrams, forward);

    public void Dispose()
    {
        _generator.Dispose();
        _discriminator.Dispose();
        _follower?.Dispose();
        proposals.Dispose();
    }

    private sealed class Evaluation(ElectraObjective objective, UnigramModel unigrams, Func<MaskedBatch, ElectraOutput> forward) : IObjectiveEvaluation
    {
        private readonly MaskedLMEvaluation _generator = new(objective.Networks.Device, unigrams);
        private readonly DetectionEvaluation _discriminator = new(objective.Config.VocabSize);

        public void Add(MaskedBatch batch, long first)
        {
            ElectraOutput output = forward(batch);
            _generator.Add(batch, output.Generation);
            _discriminator.Add(batch, output, first);
        }

        public void Gather(IProcessGroup group)
        {
            _generator.Gather(group);
            _discriminator.Gather(group);
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

using Electra.Configuration;
using Electra.Data;
using Electra.Distributed;
using Electra.Native;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>
/// What the objectives have in common in which a language model of full size reads the generator's words and says what was written there. Both losses are
/// of one kind, so they weigh the same.
/// </summary>
/// <param name="model">Both networks; the caller disposes of them.</param>
/// <param name="masker">How text is masked; the caller disposes of it.</param>
/// <param name="proposals">Where the words come from; disposed of with the objective.</param>
internal abstract class RecoveryObjective(ElectraPretrainingModel model, TokenMasker masker, IWordProposals proposals) : IPretrainingObjective
{
    private readonly MaskedLMSums _generator = new(model.Device);
    private readonly RecoverySums _recovery = new(model.Device);
    private readonly EmbeddingFollower? _follower = EmbeddingFollower.Of(model);

    public ElectraConfig Config => model.Config;

    public TrainedNetworks Networks => model.Networks;

    public IEnumerable<(string Name, Tensor Tensor)> Sums => [.. _generator.State, .. _recovery.State];

    public MaskedBatch Corrupt(Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, StepRandomness draws)
    {
        _follower?.Remember();
        return masker.Mask(inputIds, attentionMask, tokenTypeIds, draws).WithSamplingDraws(draws);
    }

    public Tensor Loss(MaskedBatch rows, LossCounts counts)
    {
        using var scope = NewDisposeScope();
        Generation generation = proposals.Propose(rows);
        Recovery recovery = Recover(rows, rows.Replace(generation.Samples!));
        Tensor maskedLM = generation.Loss / counts.Masked, recovered = recovery.Loss / Count(counts);
        _generator.Add(maskedLM.detach(), rows, generation);
        _recovery.Add(recovered, rows, recovery);
        return maskedLM.add(recovered, Scalars.One).MoveToOuterDisposeScope();
    }

    public void Updated() => _follower?.Follow();

    public ObjectiveReport Read(double updates)
    {
        MaskedLMReport generator = _generator.Read(updates);
        (double trained, MaskedLMScore score) = _recovery.Read(updates);
        return new RecoveryReport(generator.TrainedMaskedLMLoss, generator.MaskedLM, trained, score);
    }

    public IObjectiveEvaluation Evaluate(UnigramModel unigrams) => new Evaluation(this, unigrams);

    public void Dispose()
    {
        _generator.Dispose();
        _recovery.Dispose();
        _follower?.Dispose();
        proposals.Dispose();
    }

    /// <summary>The networks.</summary>
    protected ElectraPretrainingModel Model => model;

    private IWordProposals Proposals => proposals;

    /// <summary>What the language model makes of the text with the generator's words in it.</summary>
    /// <param name="rows">What was masked.</param>
    /// <param name="replaced">What is read. (batch, seq) int64</param>
    protected abstract Recovery Recover(MaskedBatch rows, Tensor replaced);

    /// <summary>What the summed loss is divided by.</summary>
    protected abstract Tensor Count(LossCounts counts);

    private sealed class Evaluation(RecoveryObjective objective, UnigramModel unigrams) : IObjectiveEvaluation
    {
        private readonly MaskedLMEvaluation _generator = new(objective.Networks.Device, unigrams);
        private readonly RecoverySums _recovery = new(objective.Networks.Device);

        public void Add(MaskedBatch batch, long first)
        {
            using var scope = NewDisposeScope();
            Generation generation = objective.Proposals.Propose(batch);
            Recovery recovery = objective.Recover(batch, batch.Replace(generation.Samples!));
            _generator.Add(batch, generation);
            _recovery.Add(recovery.Loss, batch, recovery);
        }

        public void Gather(IProcessGroup group)
        {
            _generator.Gather(group);
            foreach ((_, Tensor sum) in _recovery.State) group.AllReduceSum(sum);
        }

        public ObjectiveReport Report()
        {
            MaskedLMEvaluationReport generator = _generator.Report();
            return new RecoveryEvaluationReport(
                generator.TrainedMaskedLMLoss, generator.MaskedLM, generator.WordFrequencies, _recovery.Read(1).Score);
        }

        public void Dispose()
        {
            _generator.Dispose();
            _recovery.Dispose();
        }
    }
}

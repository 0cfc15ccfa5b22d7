using Electra.Configuration;
using Electra.Data;
using Electra.Distributed;
using Electra.Training;
using static TorchSharp.torch;

namespace Electra.Pretraining;

/// <summary>Masked language modeling with one encoder of full size and nothing else.</summary>
/// <param name="model">The network; the caller disposes of it.</param>
/// <param name="masker">How text is masked; the caller disposes of it.</param>
internal sealed class MaskedLMObjective(ElectraPretrainingModel model, TokenMasker masker) : IPretrainingObjective
{
    private readonly MaskedLMSums _sums = new(model.Device);

    public ElectraConfig Config => model.Config;

    public TrainedNetworks Networks => model.Networks;

    public IEnumerable<(string Name, Tensor Tensor)> Sums => _sums.State;

    public MaskedBatch Corrupt(Tensor inputIds, Tensor? attentionMask, Tensor? tokenTypeIds, StepRandomness draws) =>
        masker.Mask(inputIds, attentionMask, tokenTypeIds, draws);

    public Tensor Loss(MaskedBatch rows, LossCounts counts)
    {
        using var scope = NewDisposeScope();
        Generation predicted = Predict(rows);
        Tensor loss = predicted.Loss / counts.Masked;
        _sums.Add(loss.detach(), rows, predicted);
        return loss.MoveToOuterDisposeScope();
    }

    public ObjectiveReport Read(double updates) => _sums.Read(updates);

    public IObjectiveEvaluation Evaluate(UnigramModel unigrams) => new Evaluation(this, unigrams);

    public void Dispose() => _sums.Dispose();

    private Generation Predict(MaskedBatch rows) => MaskedLMPrediction.Of(model.Generator, rows);

    private sealed class Evaluation(MaskedLMObjective objective, UnigramModel unigrams) : IObjectiveEvaluation
    {
        private readonly MaskedLMEvaluation _figures = new(objective.Networks.Device, unigrams);

        public void Add(MaskedBatch batch, long first) => _figures.Add(batch, objective.Predict(batch));

        public void Gather(IProcessGroup group) => _figures.Gather(group);

        public ObjectiveReport Report() => _figures.Report();

        public void Dispose() => _figures.Dispose();
    }
}
